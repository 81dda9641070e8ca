package kontor.accounts.factors;

import java.net.URI;
import java.util.List;
import kontor.accounts.sessions.PublicUrl;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param passkeyOrigins from which addresses browsers may use passkeys; without any, from that of {@code public-url} alone
 * @param serviceName what authenticator apps and browsers call this installation
 */
@ConfigurationProperties("kontor.accounts")
public record FactorSettings(
        @DefaultValue List<URI> passkeyOrigins,
        @DefaultValue("Kontor") String serviceName) {
    public FactorSettings {
        for (var origin : passkeyOrigins)
            if (origin.getHost() == null)
                throw new IllegalArgumentException("kontor.accounts.passkey-origins must each be an address like"
                        + " https://shop.example; this is not: " + origin);
        if (serviceName.isBlank() || serviceName.contains(":"))
            throw new IllegalArgumentException("kontor.accounts.service-name must be a name without a colon");
    }

    /** Scheme, host and port of each. */
    List<String> origins(PublicUrl address) {
        return (passkeyOrigins.isEmpty() ? List.of(URI.create(address.publicUrl())) : passkeyOrigins)
                .stream()
                        .map(url -> url.getScheme() + "://" + url.getHost()
                                + (url.getPort() < 0 ? "" : ":" + url.getPort()))
                        .toList();
    }
}
