package kontor.accounts.oauth;

import java.util.Objects;
import kontor.accounts.sessions.Client;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContext;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;

/**
 * The request that the provider works on.
 *
 * @param from where it comes from
 */
record ProviderContext(AuthorizationServerSettings settings, Client from) implements AuthorizationServerContext {
    @Override
    public String getIssuer() {
        return Objects.requireNonNull(settings.getIssuer());
    }

    @Override
    public AuthorizationServerSettings getAuthorizationServerSettings() {
        return settings;
    }

    static ProviderContext current() {
        return (ProviderContext) AuthorizationServerContextHolder.getContext();
    }
}
