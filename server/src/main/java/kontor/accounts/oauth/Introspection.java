package kontor.accounts.oauth;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenIntrospectionAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenIntrospectionAuthenticationToken;
import org.springframework.stereotype.Component;

/** Tells a client about its own tokens; those of others are not active for it. It needs a secret for that (RFC 7662). */
@Component
class Introspection implements AuthenticationProvider {
    private final Authorizations authorizations;
    private final OAuth2TokenIntrospectionAuthenticationProvider provider;

    Introspection(RegisteredClients clients, Authorizations authorizations) {
        this.authorizations = authorizations;
        this.provider = new OAuth2TokenIntrospectionAuthenticationProvider(clients, authorizations);
    }

    @Override
    public @Nullable Authentication authenticate(Authentication authentication) {
        var asking = (OAuth2TokenIntrospectionAuthenticationToken) authentication;
        if (!(asking.getPrincipal() instanceof OAuth2ClientAuthenticationToken client)
                || client.getRegisteredClient() == null
                || ClientAuthenticationMethod.NONE.equals(client.getClientAuthenticationMethod()))
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
        var found = authorizations.findByToken(asking.getToken(), null);
        var theirs = found != null
                && found.getRegisteredClientId()
                        .equals(client.getRegisteredClient().getId());
        return theirs ? provider.authenticate(asking) : asking;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return OAuth2TokenIntrospectionAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
