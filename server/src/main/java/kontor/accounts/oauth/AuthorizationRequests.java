package kontor.accounts.oauth;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import kontor.accounts.sessions.Opaque;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationConsentAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.stereotype.Component;

/**
 * A client asks for a code. It is looked at in full before the user is asked for anything: an address that is not the
 * client's, character by character, gets neither a code nor an error. PKCE with S256 is for everybody.
 */
@Component
class AuthorizationRequests implements AuthenticationProvider {
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
    private static final String PROMPT = "prompt";
    static final String MAX_AGE = "max_age";
    private static final int LONGEST_STATE = 2000;
    private static final int LONGEST_NONCE = 500;
    private final OAuth2AuthorizationCodeRequestAuthenticationProvider provider;

    AuthorizationRequests(RegisteredClients clients, Authorizations authorizations, Consents consents) {
        this.provider = new OAuth2AuthorizationCodeRequestAuthenticationProvider(clients, authorizations, consents);
        provider.setAuthenticationValidator(AuthorizationRequests::check);
        provider.setAuthorizationConsentRequired(AuthorizationRequests::needsConsent);
        provider.setAuthorizationCodeGenerator(AuthorizationRequests::code);
    }

    /** Of as many bits as every token of ours, good for a minute. */
    static OAuth2AuthorizationCode code(OAuth2TokenContext context) {
        var now = Instant.now();
        return new OAuth2AuthorizationCode(Opaque.random(), now, now.plus(RegisteredClients.CODE_LIFETIME));
    }

    @Override
    public @Nullable Authentication authenticate(Authentication authentication) {
        var request = (OAuth2AuthorizationCodeRequestAuthenticationToken) authentication;
        var prompts = prompts(request);
        var goesOn = request.getPrincipal() instanceof BrowserLogin user && !needsNewLogin(request, prompts, user);
        try {
            var result = provider.authenticate(goesOn ? request : withoutLogin(request));
            if (result instanceof OAuth2AuthorizationConsentAuthenticationToken consent)
                throw PageNeeded.consent(String.valueOf(consent.getState()));
            return result;
        } catch (OAuth2AuthorizationCodeRequestAuthenticationException e) {
            if (!isAboutTheUser(e)) throw e;
            if (prompts.contains("none"))
                throw new OAuth2AuthorizationCodeRequestAuthenticationException(
                        new OAuth2Error("login_required"), e.getAuthorizationCodeRequestAuthentication());
            throw PageNeeded.login();
        }
    }

    /** Spring looks at the user last, after everything else was found in order. */
    private static boolean isAboutTheUser(OAuth2AuthorizationCodeRequestAuthenticationException e) {
        return "OAuth 2.0 Parameter: principal".equals(e.getError().getDescription());
    }

    private static boolean needsNewLogin(
            OAuth2AuthorizationCodeRequestAuthenticationToken request, Set<String> prompts, BrowserLogin user) {
        if (prompts.contains("login") || prompts.contains("select_account")) return true;
        var maxAge = request.getAdditionalParameters().get(MAX_AGE);
        if (!(maxAge instanceof String text) || !SECONDS.matcher(text).matches()) return false;
        return Duration.between(user.login().at(), Instant.now()).compareTo(Duration.ofSeconds(Long.parseLong(text)))
                >= 0;
    }

    private static Set<String> prompts(OAuth2AuthorizationCodeRequestAuthenticationToken request) {
        return request.getAdditionalParameters().get(PROMPT) instanceof String text
                ? Set.copyOf(List.of(text.split(" ", -1)))
                : Set.of();
    }

    private static Authentication withoutLogin(OAuth2AuthorizationCodeRequestAuthenticationToken request) {
        return new OAuth2AuthorizationCodeRequestAuthenticationToken(
                request.getAuthorizationUri(),
                request.getClientId(),
                new AnonymousAuthenticationToken(
                        "guest", "guest", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS")),
                request.getRedirectUri(),
                request.getState(),
                request.getScopes(),
                request.getAdditionalParameters());
    }

    private static boolean needsConsent(OAuth2AuthorizationCodeRequestAuthenticationContext context) {
        OAuth2AuthorizationCodeRequestAuthenticationToken request = context.getAuthentication();
        if (prompts(request).contains("consent")) return true;
        if (!context.getRegisteredClient().getClientSettings().isRequireAuthorizationConsent()) return false;
        var given = context.getAuthorizationConsent();
        return given == null || !given.getScopes().containsAll(request.getScopes());
    }

    private static void check(OAuth2AuthorizationCodeRequestAuthenticationContext context) {
        OAuth2AuthorizationCodeRequestAuthenticationToken request = context.getAuthentication();
        var client = context.getRegisteredClient();
        var redirectUri = request.getRedirectUri();
        if (redirectUri == null || !client.getRedirectUris().contains(redirectUri))
            throw refused(request, null, OAuth2ErrorCodes.INVALID_REQUEST, OAuth2ParameterNames.REDIRECT_URI);
        if (request.getScopes().isEmpty() || !client.getScopes().containsAll(request.getScopes()))
            throw refused(request, redirectUri, OAuth2ErrorCodes.INVALID_SCOPE, OAuth2ParameterNames.SCOPE);
        var more = request.getAdditionalParameters();
        checkOne(
                request,
                PkceParameterNames.CODE_CHALLENGE,
                more,
                text -> CHALLENGE.matcher(text).matches(),
                true);
        checkOne(request, PkceParameterNames.CODE_CHALLENGE_METHOD, more, "S256"::equals, true);
        checkOne(request, OidcParameterNames.NONCE, more, text -> text.length() <= LONGEST_NONCE, false);
        checkOne(request, MAX_AGE, more, text -> SECONDS.matcher(text).matches(), false);
        checkOne(request, "response_mode", more, "query"::equals, false);
        if (request.getState() != null && request.getState().length() > LONGEST_STATE)
            throw refused(request, redirectUri, OAuth2ErrorCodes.INVALID_REQUEST, OAuth2ParameterNames.STATE);
    }

    /** A parameter that comes twice is no text. */
    private static void checkOne(
            OAuth2AuthorizationCodeRequestAuthenticationToken request,
            String name,
            Map<String, Object> parameters,
            Predicate<String> rule,
            boolean required) {
        var value = parameters.get(name);
        if (value == null ? !required : value instanceof String text && rule.test(text)) return;
        throw refused(request, request.getRedirectUri(), OAuth2ErrorCodes.INVALID_REQUEST, name);
    }

    private static OAuth2AuthorizationCodeRequestAuthenticationException refused(
            OAuth2AuthorizationCodeRequestAuthenticationToken request,
            @Nullable String redirectUri,
            String error,
            String parameter) {
        return new OAuth2AuthorizationCodeRequestAuthenticationException(
                new OAuth2Error(error, "Parameter: " + parameter, null),
                new OAuth2AuthorizationCodeRequestAuthenticationToken(
                        request.getAuthorizationUri(),
                        request.getClientId(),
                        (Authentication) request.getPrincipal(),
                        redirectUri,
                        request.getState(),
                        request.getScopes(),
                        request.getAdditionalParameters()));
    }

    /** Refuses a client that acts for itself what only users have, and one that does not say what it wants. */
    static boolean areForItself(RegisteredClient client, Set<String> scopes) {
        return !scopes.isEmpty()
                && client.getScopes().containsAll(scopes)
                && scopes.stream().allMatch(scope -> scope.contains(":"));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return OAuth2AuthorizationCodeRequestAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
