package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            https://shop.example, shop.example
            https://shop.example:8443, shop.example
            http://localhost, localhost
            http://localhost:8080, localhost
            http://127.0.0.1:8080, 127.0.0.1
            http://[::1]:8080, [::1]
            """)
    void isSchemeAndHostAndPortAndHasAHost(String url, String host) {
        assertThat(new PublicUrl(url).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shop.example",
                "http://shop.example",
                "http://10.0.0.1:8080",
                "http://localhost.example",
                "http://localhost:8080/",
                "https://",
                "https://:8443",
                "https://shop.example/",
                "https://shop.example/shop",
                "https://shop.example?a=b",
                "https://shop.example#a",
                "https://eve@shop.example",
                "https://shop example",
                "https://Shop.Example",
                "https://shop.example:443",
                "http://localhost:80",
                "ftp://shop.example"
            })
    void isNothingElse(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PublicUrl(url));
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.example, true",
        "http://localhost:8080, true",
        "http://127.0.0.1:8080, false",
        "http://[::1]:8080, false",
        "https://192.0.2.7, false"
    })
    void takesPasskeysWhenItIsAName(String url, boolean takes) {
        assertThat(new PublicUrl(url).takesPasskeys()).isEqualTo(takes);
    }

    @Test
    void isWhatLinksBeginWith() {
        assertThat(new PublicUrl("https://shop.example").link("/account/verify", "t"))
                .isEqualTo("https://shop.example/account/verify?token=t");
    }
}
