package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

/** Who calls and how, as the rest of the server sees it, when the request says that it was forwarded. */
class TrustedProxiesTest {
    private static final String FORGED_FOR = "203.0.113.9";

    static final class Echo extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter()
                    .print("%s %s %s".formatted(request.getRemoteAddr(), request.isSecure(), request.getRequestURL()));
        }
    }

    private static String seen(List<String> trusted, String... headers) throws Exception {
        var factory = new TomcatServletWebServerFactory(0);
        new TrustedProxies(trusted).customize(factory);
        WebServer server = factory.getWebServer(
                context -> context.addServlet("echo", new Echo()).addMapping("/"));
        server.start();
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + "/orders"));
            for (var i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
            return client.send(request.build(), BodyHandlers.ofString())
                    .body()
                    .replace(":" + server.getPort(), ":port");
        } finally {
            server.stop();
        }
    }

    private static String[] forwarded(String by) {
        return new String[] {
            "X-Forwarded-For", by,
            "X-Forwarded-Proto", "https",
            "X-Forwarded-Host", "shop.example",
            "X-Forwarded-Port", "443",
            "Forwarded", "for=203.0.113.7;proto=https;host=evil.example"
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "192.0.2.7", "10.0.0.0/8", "127.0.0.2", "::1"})
    void changeNothingWhenTheySpeakForThemselvesOnly(String trusted) throws Exception {
        var proxies = trusted.isEmpty() ? List.<String>of() : List.of(trusted);
        assertThat(seen(proxies, forwarded(FORGED_FOR))).isEqualTo("127.0.0.1 false http://127.0.0.1:port/orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.0/8", "127.0.0.1/32"})
    void areBelievedWhenTheyAreNamed(String trusted) throws Exception {
        assertThat(seen(List.of("192.0.2.7", trusted), forwarded("198.51.100.4")))
                .isEqualTo("198.51.100.4 true https://shop.example/orders");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    203.0.113.9, 198.51.100.4                     | 198.51.100.4
                    203.0.113.9, 198.51.100.4, 10.1.2.3           | 198.51.100.4
                    10.1.2.3, 203.0.113.9, 198.51.100.4, 10.1.2.3 | 198.51.100.4
                    127.0.0.1, 198.51.100.4                       | 198.51.100.4
                    203.0.113.9, 2001:db8::4                      | 2001:db8::4
                    """)
    void nameTheRightmostAddressThatIsNoneOfThem(String chain, String caller) throws Exception {
        assertThat(seen(List.of("127.0.0.1", "10.1.0.0/16"), "X-Forwarded-For", chain))
                .startsWith(caller + " false ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example", "10.0.0.0/33", "10.0.0.0/x", "0.0.0.0/0", "::/0", "10.0.0", "*", "10.*"})
    void areAddressesAndNeverNamesOrEverybody(String wrong) {
        assertThatThrownBy(() -> TrustedProxies.network(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kontor.web.trusted-proxies")
                .hasMessageContaining(wrong);
    }

    @Test
    void mayBeSingleAddressesOrNetworks() {
        assertThat(List.of(
                        TrustedProxies.network("192.0.2.7"),
                        TrustedProxies.network("10.1.0.0/16"),
                        TrustedProxies.network("2001:db8::1"),
                        TrustedProxies.network("2001:db8::/32")))
                .containsExactly("192.0.2.7/32", "10.1.0.0/16", "2001:db8::1/128", "2001:db8::/32");
    }
}
