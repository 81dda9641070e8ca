package kontor.accounts.federation;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed. There is no way to believe all of them. */
final class Trust {
    private Trust() {}

    /**
     * @param ca a file of certificates in PEM form, which alone are believed then; null for those that Java trusts
     * @throws IllegalArgumentException when there are none in it
     */
    static SSLContext in(@Nullable Path ca) {
        try {
            if (ca == null) return SSLContext.getDefault();
            var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(store(ca));
            var context = SSLContext.getInstance("TLS");
            context.init(null, trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "The certificates in %s cannot be read: %s".formatted(ca, e.getMessage()), e);
        }
    }

    private static KeyStore store(Path ca) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var file = new BufferedInputStream(Files.newInputStream(ca))) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(file))
                store.setCertificateEntry("ca-" + store.size(), certificate);
        }
        if (store.size() == 0) throw new IOException("there is none");
        return store;
    }
}
