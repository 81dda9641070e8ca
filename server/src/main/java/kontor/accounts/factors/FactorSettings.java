package kontor.accounts.factors;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param publicUrl where people reach this installation, such as {@code https://shop.example}; its host is what passkeys are
 *     bound to (the relying party id). Without it there are no passkeys
 * @param passkeyOrigins from which addresses browsers may use passkeys; without any, from that of {@code publicUrl} alone
 * @param serviceName what authenticator apps and browsers call this installation
 */
@ConfigurationProperties("kontor.accounts")
public record FactorSettings(
        @Nullable URI publicUrl,
        @DefaultValue List<URI> passkeyOrigins,
        @DefaultValue("Kontor") String serviceName) {
    public FactorSettings {
        if (publicUrl != null && publicUrl.getHost() == null)
            throw new IllegalArgumentException(
                    "kontor.accounts.public-url must be an address like https://shop.example; this is not: "
                            + publicUrl);
        for (var origin : passkeyOrigins)
            if (origin.getHost() == null)
                throw new IllegalArgumentException("kontor.accounts.passkey-origins must each be an address like"
                        + " https://shop.example; this is not: " + origin);
        if (serviceName.isBlank() || serviceName.contains(":"))
            throw new IllegalArgumentException("kontor.accounts.service-name must be a name without a colon");
    }

    /** Scheme, host and port of each. */
    List<String> origins() {
        return (passkeyOrigins.isEmpty() && publicUrl != null ? List.of(publicUrl) : passkeyOrigins)
                .stream()
                        .map(url -> url.getScheme() + "://" + url.getHost()
                                + (url.getPort() < 0 ? "" : ":" + url.getPort()))
                        .toList();
    }
}
