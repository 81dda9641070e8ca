package kontor.web;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrossOriginSettingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"https://shop.example", "https://shop.example:8443", "http://localhost:3000"})
    void takeExactOrigins(String origin) {
        assertThatCode(() -> CrossOrigins.check(origin)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "https://*",
                "https://*.shop.example",
                "https://shop.example/",
                "https://shop.example/path",
                "https://shop.example?x",
                "https://user@shop.example",
                "https://SHOP.example",
                "https://shop.example:443",
                "http://shop.example:80",
                "shop.example",
                "ftp://shop.example",
                "null",
                "https://"
            })
    void refuseWhatNoBrowserWouldSendOrWhatWouldOpenTooMuch(String origin) {
        assertThatThrownBy(() -> CrossOrigins.check(origin))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kontor.web.cors-origins")
                .hasMessageContaining(origin);
    }
}
