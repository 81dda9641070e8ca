package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.SelfSigned;
import kontor.TestProvider;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a provider is asked, over which connections, and for how long. */
class AskingAProviderTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Provider.Round ROUND =
            new Provider.Round(new State("s"), new Nonce("n"), new CodeVerifier("v".repeat(43)));

    @Test
    void aProviderThatHasNotAnsweredIsLeftAloneForAWhile() throws IOException {
        try (var provider = provider(URI.create(TestProvider.issuer("large")), Duration.ofSeconds(5), null)) {
            assertThatThrownBy(() -> provider.loginPage(ROUND)).hasMessageContaining("longer than 65536");
            var asked = TestProvider.asked("/large/.well-known/openid-configuration");
            for (var i = 0; i < 5; i++)
                assertThatThrownBy(() -> provider.loginPage(ROUND)).hasMessageContaining("a moment ago");
            assertThat(TestProvider.asked("/large/.well-known/openid-configuration"))
                    .isEqualTo(asked);
        }
    }

    @Test
    void aProviderThatSaysNothingIsNotWaitedForWithoutEnd() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var provider = provider(
                        URI.create("http://127.0.0.1:" + silent.getLocalPort()), Duration.ofMillis(200), null)) {
            assertThatThrownBy(() -> provider.loginPage(ROUND)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCertificateIsBelievedFromThoseWhoAreTrustedAndUnderItsOwnNameAlone(@TempDir Path folder) throws Exception {
        var certificate = SelfSigned.in(folder, "localhost");
        var asked = new AtomicInteger();
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.tls()));
        server.createContext("/", call -> {
            asked.incrementAndGet();
            var body = "{}".getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, body.length);
            call.getResponseBody().write(body);
            call.close();
        });
        server.start();
        try {
            var byName = URI.create("https://localhost:" + server.getAddress().getPort());
            var byNumber = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
            assertThatThrownBy(() -> get(byName, null)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(byNumber, certificate.pem())).isInstanceOf(IOException.class);
            assertThat(asked).hasValue(0);
            assertThat(get(byName, certificate.pem())).isEqualTo(200);
        } finally {
            server.stop(0);
        }
    }

    private static int get(URI issuer, @Nullable Path ca) throws IOException {
        try (var connection = new ProviderConnection(issuer, Duration.ofSeconds(5), ca)) {
            return connection.send(new HttpGet(issuer)).status();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.example/token",
                "https://id.example:22/token",
                "https://id.example:8080/token",
                "https://user:secret@id.example/token",
                "ftp://id.example/token",
                "https:///token",
                "file:///etc/passwd",
                "http://127.0.0.1:8080/token",
                "//id.example/token"
            })
    void addressesThatAProviderMayNotNameAreNotAsked(String address) throws IOException {
        try (var connection = new ProviderConnection(URI.create("https://id.example"), HOUR, null)) {
            assertThatThrownBy(() -> connection.check(URI.create(address))).isInstanceOf(IOException.class);
            connection.check(URI.create("https://id.example/token"));
            connection.check(URI.create("https://other.example:8443/token"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "192.0.2.1",
                "198.18.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::1",
                "2001::1",
                "2001:db8::1"
            })
    void namesThatLeadIntoOurOwnNetworkAreNotAsked(String address) throws UnknownHostException {
        assertThat(PublicAddresses.isPublic(InetAddress.ofLiteral(address))).isFalse();
        var resolver = new ProviderConnection.Resolver("id.example");
        assertThatThrownBy(() -> resolver.resolve(address)).isInstanceOf(UnknownHostException.class);
        assertThat(new ProviderConnection.Resolver(address).resolve(address)).isNotEmpty(); // the operator's own choice
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.1.0.1", "2a00:1450:4001::1", "2001:4860::8888"})
    void addressesOutInThePublicMayBeAsked(String address) throws UnknownHostException {
        assertThat(PublicAddresses.isPublic(InetAddress.ofLiteral(address))).isTrue();
        assertThat(new ProviderConnection.Resolver("id.example").resolve(address))
                .hasSize(1);
    }

    private static Provider provider(URI issuer, Duration budget, @Nullable Path ca) {
        return new Provider(
                new OidcSettings.Provider(
                        issuer,
                        "client",
                        null,
                        URI.create("https://shop.example/login/oidc/x/callback"),
                        Set.of("openid"),
                        true,
                        null,
                        Map.of(),
                        ca),
                budget,
                HOUR);
    }
}
