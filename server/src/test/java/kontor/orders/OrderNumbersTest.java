package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class OrderNumbersTest {
    private final OrderNumbers numbers = new OrderNumbers(UUID.fromString("7c7d7a4e-3c2f-4d6a-9b1e-0a5f4c3b2d1e"));

    @Test
    void everyIdHasANumberOfItsOwnThatLeadsBackToIt() {
        var seen = new HashSet<String>();
        for (var id = 1L; id <= 100_000; id++) {
            var number = numbers.numberOf(id);
            assertThat(seen.add(number)).as(number).isTrue();
            assertThat(numbers.idOf(number)).hasValue(id);
        }
    }

    @Test
    void leadsBackFromAnywhereInItsRange() {
        var random = RandomGenerator.of("L64X128MixRandom");
        for (var i = 0; i < 10_000; i++) {
            var id = random.nextLong(1L << 40);
            assertThat(numbers.idOf(numbers.numberOf(id))).hasValue(id);
        }
    }

    @Test
    void neighboursLookNothingAlike() {
        var number = numbers.numberOf(1000);
        var next = numbers.numberOf(1001);
        assertThat(number).matches("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}");
        var same = 0;
        for (var i = 0; i < number.length(); i++) if (number.charAt(i) == next.charAt(i)) same++;
        assertThat(same).isLessThan(6);
    }

    @Test
    void anotherShopHasOtherNumbers() {
        assertThat(new OrderNumbers(UUID.randomUUID()).numberOf(1)).isNotEqualTo(numbers.numberOf(1));
    }

    @Test
    void understandsNumbersAsPeopleWriteThem() {
        var number = numbers.numberOf(42);
        assertThat(numbers.idOf(number.toLowerCase(java.util.Locale.ROOT).replace("-", "")))
                .hasValue(42);
        assertThat(numbers.idOf(number.replace('0', 'O').replace('1', 'l'))).hasValue(42);
        assertThat(numbers.idOf("K7Q2")).isEmpty();
        assertThat(numbers.idOf("K7Q2-9F3M-1")).isEmpty();
        assertThat(numbers.idOf("K7Q2-9F3!")).isEmpty();
    }
}
