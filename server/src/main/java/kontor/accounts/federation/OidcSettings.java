package kontor.accounts.federation;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param oidc OpenID providers that people log in with, by the names that they have in addresses; each with
 *     {@code issuer}, {@code client-id}, {@code client-secret}, {@code redirect-uri} and more, see the recipe
 */
@ConfigurationProperties("kontor.accounts")
record OidcSettings(@DefaultValue Map<String, Provider> oidc) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /**
     * One of them.
     *
     * @param issuer its address, exactly as it writes it itself
     * @param clientSecret null for a client without one
     * @param redirectUri where it sends browsers back to: {@code /login/oidc/{name}/callback} as browsers reach it, exactly
     *     as it is registered there
     * @param createUsers whether somebody who logs in for the first time becomes a user, also where
     *     registration is closed; otherwise they are linked first
     * @param roleClaim what in its ID tokens names somebody's roles or groups, {@code realm_access.roles}; without it
     *     nobody has roles from here
     * @param roles for each role of ours the values of {@code roleClaim} that give it
     * @param ca a file of certificates in PEM form that sign the provider's; without one those that Java trusts
     */
    record Provider(
            URI issuer,
            String clientId,
            @Nullable String clientSecret,
            URI redirectUri,
            @DefaultValue({"openid", "profile", "email"}) Set<String> scopes,
            @DefaultValue("true") boolean createUsers,
            @Nullable String roleClaim,
            @DefaultValue Map<String, Set<String>> roles,
            @Nullable Path ca) {
        /** Without the secret: settings end up in logs. */
        @Override
        public String toString() {
            return "Provider[" + issuer + "]";
        }
    }

    OidcSettings {
        oidc.forEach(OidcSettings::check);
    }

    private static void check(String name, @Nullable Provider provider) {
        var here = "kontor.accounts.oidc." + name;
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException(here + ": names are of lower-case letters, digits and single hyphens");
        if (provider == null
                || provider.issuer() == null
                || isBlank(provider.clientId())
                || provider.redirectUri() == null)
            throw new IllegalArgumentException(here + " needs issuer, client-id and redirect-uri");
        checkAddress(here + ".issuer", provider.issuer());
        checkAddress(here + ".redirect-uri", provider.redirectUri());
        if (!provider.scopes().contains("openid"))
            throw new IllegalArgumentException(here + ".scopes must contain openid");
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static void checkAddress(String setting, URI address) {
        var host = address.getHost();
        var isWeb = "https".equals(address.getScheme())
                || ("http".equals(address.getScheme()) && host != null && PublicAddresses.isLoopbackName(host));
        if (!isWeb
                || host == null
                || address.getRawQuery() != null
                || address.getRawFragment() != null
                || address.getRawUserInfo() != null)
            throw new IllegalArgumentException(
                    "%s must be an https address without query and fragment; plain http only to this machine: %s"
                            .formatted(setting, address));
    }
}
