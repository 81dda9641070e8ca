package kontor.tls;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param certificate file with the certificate and those that vouch for it, as PEM; with it the server speaks HTTPS only
 * @param privateKey file with its private key, PKCS#8 as PEM without a password
 */
@ConfigurationProperties("kontor.tls")
record TlsSettings(
        @DefaultValue("") String certificate,
        @DefaultValue("") String privateKey) {
    TlsSettings {
        certificate = certificate.strip();
        privateKey = privateKey.strip();
        if (certificate.isEmpty() != privateKey.isEmpty())
            throw new IllegalArgumentException(
                    "kontor.tls.certificate and kontor.tls.private-key go together: one of them is missing");
    }

    boolean on() {
        return !certificate.isEmpty();
    }
}
