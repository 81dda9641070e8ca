package kontor.accounts.oauth;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationConsentAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationConsentAuthenticationToken;
import org.springframework.stereotype.Component;

/**
 * A user answers whether a client may come in. The question is a random text that only the page knows which asked this
 * very user, so no other site can answer for them. Who says no leaves what they let the client do before as it is.
 */
@Component
class ConsentAnswers implements AuthenticationProvider {
    static final String DECISION = "decision";
    static final String ALLOW = "allow";
    private static final OAuth2TokenType QUESTION = new OAuth2TokenType(OAuth2ParameterNames.STATE);
    private final Authorizations authorizations;
    private final OAuth2AuthorizationConsentAuthenticationProvider provider;

    ConsentAnswers(RegisteredClients clients, Authorizations authorizations, Consents consents) {
        this.authorizations = authorizations;
        this.provider = new OAuth2AuthorizationConsentAuthenticationProvider(clients, authorizations, consents);
        provider.setAuthorizationCodeGenerator(AuthorizationRequests::code);
    }

    @Override
    public @Nullable Authentication authenticate(Authentication authentication) {
        var answer = (OAuth2AuthorizationConsentAuthenticationToken) authentication;
        if (!ALLOW.equals(answer.getAdditionalParameters().get(DECISION))) refuse(answer);
        return provider.authenticate(answer);
    }

    private void refuse(OAuth2AuthorizationConsentAuthenticationToken answer) {
        var asked = authorizations.findByToken(String.valueOf(answer.getState()), QUESTION);
        var principal = (Authentication) answer.getPrincipal();
        if (asked == null || !asked.getPrincipalName().equals(principal.getName()))
            return; // which the provider refuses
        authorizations.remove(asked);
        OAuth2AuthorizationRequest request =
                Objects.requireNonNull(asked.getAttribute(OAuth2AuthorizationRequest.class.getName()));
        throw new OAuth2AuthorizationCodeRequestAuthenticationException(
                new OAuth2Error(OAuth2ErrorCodes.ACCESS_DENIED),
                new OAuth2AuthorizationCodeRequestAuthenticationToken(
                        answer.getAuthorizationUri(),
                        answer.getClientId(),
                        principal,
                        request.getRedirectUri(),
                        request.getState(),
                        request.getScopes(),
                        null));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return OAuth2AuthorizationConsentAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
