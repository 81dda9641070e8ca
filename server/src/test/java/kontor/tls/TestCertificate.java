package kontor.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate that vouches for itself, as PEM. The JDK's own keytool makes it. */
public record TestCertificate(String certificate, String privateKey, byte[] encoded, SSLContext server) {
    /** @param algorithm RSA, EC or Ed25519 */
    public static TestCertificate make(Path folder, String algorithm) throws GeneralSecurityException, IOException {
        var store = folder.resolve(UUID.randomUUID() + ".p12");
        try {
            var keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "kontor",
                            "-keyalg",
                            algorithm,
                            "-dname",
                            "CN=localhost",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            "changeit",
                            "-keystore",
                            store.toString())
                    .redirectErrorStream(true)
                    .start();
            var said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
            if (keytool.waitFor() != 0) throw new IOException(said);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Files.delete(store);
        var certificate = keys.getCertificate("kontor").getEncoded();
        var key = keys.getKey("kontor", "changeit".toCharArray()).getEncoded();
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        var server = SSLContext.getInstance("TLS");
        server.init(managers.getKeyManagers(), null, null);
        return new TestCertificate(pem("CERTIFICATE", certificate), pem("PRIVATE KEY", key), certificate, server);
    }

    private static String pem(String kind, byte[] content) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(kind, lines);
    }

    TestCertificate write(Path certificateFile, Path keyFile) throws IOException {
        Files.writeString(certificateFile, certificate);
        Files.writeString(keyFile, privateKey);
        return this;
    }
}
