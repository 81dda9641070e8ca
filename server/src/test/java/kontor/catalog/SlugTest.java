package kontor.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlugTest {
    @ParameterizedTest
    @CsvSource({
        "WHITE METAL LANTERN,white-metal-lantern",
        "'  Crème brûlée, 4 pcs! ',creme-brulee-4-pcs",
        "Ⅷ ﬁne,viii-fine",
        "2010,product-2010",
        "張偉,product",
        "!!!,product",
        "import,product-import",
        "Straße,stra-e"
    })
    void isMadeOfTheName(String name, String slug) {
        assertThat(Slug.of(name)).isEqualTo(slug);
        assertThat(Slug.isOne(Slug.of(name))).isTrue();
    }

    @Test
    void leavesRoomForANumberWhenTheNameIsLong() {
        var slug = Slug.of("ab ".repeat(70));
        assertThat(slug).hasSizeLessThanOrEqualTo(170).doesNotEndWith("-");
        assertThat(Slug.isOne(slug + "-9223372036854775807")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "123", "-a", "a-", "a--b", "A", "ä", "a b", "import", "export", "a\n"})
    void hasOneForm(String text) {
        assertThat(Slug.isOne(text)).isFalse();
    }
}
