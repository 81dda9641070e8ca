package kontor.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import kontor.Kontor;
import kontor.database.CannotStart;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ServingHttpsTest {
    @TempDir
    private Path folder;

    private Path certificate;
    private Path privateKey;

    @BeforeEach
    void files() {
        certificate = folder.resolve("certificate.pem");
        privateKey = folder.resolve("key.pem");
    }

    private TlsSettings settings() {
        return new TlsSettings(certificate.toString(), privateKey.toString());
    }

    @Test
    void showsANewCertificateWithoutARestartAndKeepsTheOldOneWhileTheNewIsBroken(CapturedOutput log) throws Exception {
        var first = TestCertificate.make(folder, "RSA").write(certificate, privateKey);
        var options = Stream.concat(
                        TestDatabase.another("https").entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue()),
                        Stream.of(
                                "server.port=0",
                                "management.server.port=0",
                                "kontor.data=" + folder.resolve("data"),
                                "kontor.accounts.argon2-memory=64KB",
                                "kontor.accounts.argon2-passes=1",
                                "kontor.admin.password=the admin of the https test",
                                "kontor.tls.look-interval=1h",
                                "logging.level.kontor.tls=info", // an earlier test of the same process may have
                                // silenced it
                                "kontor.tls.certificate=" + certificate,
                                "kontor.tls.private-key=" + privateKey))
                .map(each -> "--" + each)
                .toArray(String[]::new);
        try (var server = new SpringApplicationBuilder(Kontor.class).run(options)) {
            var port = Integer.parseInt(server.getEnvironment().getRequiredProperty("local.server.port"));
            var look = server.getBean(TlsConfiguration.Look.class);
            assertThat(shownAt(port, "TLSv1.3")).isEqualTo(first.encoded());
            assertThat(shownAt(port, "TLSv1.2")).isEqualTo(first.encoded());

            try (var client = HttpClient.newBuilder().sslContext(trustingAll()).build()) {
                var answer = client.send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/products"))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Strict-Transport-Security"))
                        .contains("max-age=31536000");
            }
            // Plain HTTP is told so, or not answered; never served.
            try (var socket = new Socket("localhost", port)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write("GET /products HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                        .doesNotContain(" 200 ");
            }

            var second = TestCertificate.make(folder, "EC").write(certificate, privateKey);
            look.look();
            assertThat(shownAt(port, "TLSv1.3")).isEqualTo(second.encoded());

            Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
            look.look();
            look.look();
            assertThat(log).containsOnlyOnce("The TLS certificate stays as it was");
            var third = TestCertificate.make(folder, "RSA");
            Files.writeString(certificate, third.certificate()); // and still the key of the second
            look.look();
            assertThat(log).contains("the private key is not that of the certificate");
            Files.delete(privateKey);
            look.look();
            assertThat(log).contains("there is no file " + privateKey);
            assertThat(shownAt(port, "TLSv1.3")).isEqualTo(second.encoded());

            third.write(certificate, privateKey);
            look.look();
            assertThat(shownAt(port, "TLSv1.3")).isEqualTo(third.encoded());
            assertThat(log).doesNotContain("\tat kontor.tls");
        }
    }

    @Test
    void takesKeysOfEveryKindThatCertificatesHave() throws Exception {
        for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
            TestCertificate.make(folder, algorithm).write(certificate, privateKey);
            var bundle = PemFiles.read(settings()).bundle();
            assertThat(bundle.getOptions().getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
        }
    }

    @Test
    void doesNotStartWithoutItsFiles() throws Exception {
        assertThatThrownBy(this::start)
                .isInstanceOf(CannotStart.class)
                .hasMessage("The TLS certificate cannot be used: there is no file %s.".formatted(certificate));
        TestCertificate.make(folder, "EC").write(certificate, privateKey);
        Files.delete(privateKey);
        assertThatThrownBy(this::start).hasMessageContaining("there is no file " + privateKey);
        Files.writeString(privateKey, "");
        assertThatThrownBy(this::start).hasMessageContaining("the file of the private key holds none");
        Files.writeString(privateKey, TestCertificate.make(folder, "EC").privateKey());
        assertThatThrownBy(this::start).hasMessageContaining("the private key is not that of the certificate");
    }

    @Test
    void needsBothFilesOrNone() {
        assertThat(new TlsSettings("", " ").on()).isFalse();
        for (var half : Map.of("a.pem", "", "", "b.pem").entrySet())
            assertThatThrownBy(() -> new TlsSettings(half.getKey(), half.getValue()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kontor.tls.certificate");
    }

    private void start() {
        new TlsCertificate(settings()).registerBundles(new DefaultSslBundleRegistry());
    }

    private static byte[] shownAt(int port, String protocol) throws IOException, GeneralSecurityException {
        try (var socket = (SSLSocket) trustingAll().getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(10_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            return socket.getSession().getPeerCertificates()[0].getEncoded();
        } catch (SSLHandshakeException e) {
            throw new IOException(protocol, e);
        }
    }

    private static SSLContext trustingAll() throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        return context;
    }

    /** The test looks at the certificate itself. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
