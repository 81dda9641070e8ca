package kontor.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * What the two files held when they were read.
 *
 * @param certificate with those that vouch for it behind it
 */
record PemFiles(String certificate, String privateKey) {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** @throws IOException with a message for the operator */
    static PemFiles read(TlsSettings settings) throws IOException {
        return new PemFiles(read(settings.certificate()), read(settings.privateKey()));
    }

    private static String read(String file) throws IOException {
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IOException(
                    "the file %s cannot be read (%s)"
                            .formatted(file, e.getClass().getSimpleName()),
                    e);
        }
    }

    /** @throws IOException with a message for the operator, when they cannot be served or do not belong together */
    SslBundle bundle() throws IOException {
        var store = store();
        var key = store.privateKey();
        if (key == null) throw new IOException("the file of the private key holds none");
        try {
            if (!belongTogether(key, leaf().getPublicKey()))
                throw new IOException("the private key is not that of the certificate");
        } catch (GeneralSecurityException e) {
            throw new IOException("the private key is not that of the certificate", e);
        }
        return SslBundle.of(new PemSslStoreBundle(store, null), SslBundleKey.NONE, SslOptions.of(null, PROTOCOLS));
    }

    /** The certificate of the server itself, the first in its file. */
    X509Certificate leaf() throws IOException {
        var chain = store().certificates();
        if (chain == null || chain.isEmpty()) throw new IOException("the file of the certificate holds none");
        return chain.getFirst();
    }

    private PemSslStore store() throws IOException {
        // Without these marks Spring Boot would take the content for the name of a file.
        if (!certificate.contains("-----BEGIN ")) throw new IOException("the file of the certificate holds none");
        if (!privateKey.contains("-----BEGIN ")) throw new IOException("the file of the private key holds none");
        try {
            var store = PemSslStore.load(new PemSslStoreDetails(null, certificate, privateKey));
            if (store == null) throw new IOException("the files are empty");
            store.certificates(); // read when they are first asked for
            store.privateKey();
            return store;
        } catch (RuntimeException e) {
            throw new IOException("they are not PEM as it should be (%s)".formatted(e.getMessage()), e);
        }
    }

    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        var algorithm = switch (privateKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> privateKey.getAlgorithm();
        };
        var something = new byte[32];
        new SecureRandom().nextBytes(something);
        var signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update(something);
        var signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(something);
        return signature.verify(signed);
    }

    @Override
    public String toString() {
        return "PemFiles[hidden]";
    }
}
