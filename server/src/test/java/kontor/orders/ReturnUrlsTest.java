package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kontor.web.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnUrlsTest {
    private final ReturnUrls urls = new ReturnUrls(settings("https://shop.example", "http://localhost:5173"), 8080);

    private static OrderSettings settings(String... origins) {
        return new OrderSettings(
                1,
                1,
                1,
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                OrderSettings.Capture.AT_ONCE,
                Stream.of(origins).map(URI::create).toList(),
                Map.of(),
                Map.of(),
                0,
                0,
                Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example",
                "https://shop.example/back?order=1",
                "HTTPS://Shop.Example/back",
                "https://shop.example:443/back",
                "http://localhost:5173/back",
            })
    void areTheShopsOwn(String url) {
        assertThat(urls.checked("field", url)).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource({
        "/back, https://shop.example/back",
        "/, https://shop.example/",
        "/back?order=1, https://shop.example/back?order=1",
        "/%5Celsewhere.example, https://shop.example/%5Celsewhere.example",
    })
    void arePathsOfTheFirstOfThem(String path, String url) {
        assertThat(urls.checked("field", path)).isEqualTo(url);
    }

    @Test
    void needNotBeThere() {
        assertThat(urls.checked("field", null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example/back",
                "http://shop.example/back",
                "https://shop.example:8443/back",
                "https://shop.example.elsewhere.example/back",
                "https://elsewhere.example/https://shop.example",
                "https://shop.example./back",
                "http://localhost/back",
                "http://127.0.0.1:5173/back",
            })
    void areNobodyElses(String url) {
        assertThat(refusalOf(url)).isEqualTo("foreign");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "back",
                "?order=1",
                "//elsewhere.example/back",
                "///elsewhere.example",
                "/\\elsewhere.example",
                "https:/elsewhere.example",
                "https:shop.example",
                "https://shop.example@elsewhere.example/",
                "https://user@shop.example/",
                "https://shop.example/#back",
                "https://shop.example\\@elsewhere.example/",
                "javascript:alert(1)",
                "data:text/html,x",
                "ftp://shop.example/",
                "https://shop.example/\r\nSet-Cookie: a=b",
                "/back\nX: y",
            })
    void areAddressesOfPages(String url) {
        assertThat(refusalOf(url)).isEqualTo("invalid");
    }

    private String refusalOf(String url) {
        try {
            return "accepted as " + urls.checked("field", url);
        } catch (Refusal refusal) {
            return refusal.errors().getFirst().code();
        }
    }

    @Test
    void areThisServersWhileNothingIsSet() {
        var usual = new ReturnUrls(settings(), 9000);
        assertThat(usual.checked("field", "/docs")).isEqualTo("http://localhost:9000/docs");
        assertThat(usual.checked("field", "http://localhost:9000/docs")).isEqualTo("http://localhost:9000/docs");
    }

    @Test
    void canOnlyBeSetToOrigins() {
        for (var wrong :
                List.of("shop.example", "https://shop.example/", "https://shop.example/shop", "ftp://shop.example"))
            assertThatThrownBy(() -> settings(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kontor.orders.return-origins")
                    .hasMessageContaining(wrong);
    }
}
