package kontor.accounts.oauth;

import java.util.List;
import kontor.accounts.SecurityHeaders;
import kontor.accounts.sessions.KnownTokens;
import kontor.accounts.sessions.PublicUrl;
import kontor.web.CrossOrigins;
import kontor.web.RateLimits;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2RefreshTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenRevocationAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.web.OAuth2AuthorizationEndpointFilter;
import org.springframework.security.oauth2.server.authorization.web.OAuth2ClientAuthenticationFilter;
import org.springframework.security.oauth2.server.authorization.web.OAuth2TokenEndpointFilter;
import org.springframework.security.oauth2.server.authorization.web.OAuth2TokenIntrospectionEndpointFilter;
import org.springframework.security.oauth2.server.authorization.web.OAuth2TokenRevocationEndpointFilter;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretBasicAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretPostAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AuthorizationCodeAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AuthorizationCodeRequestAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AuthorizationConsentAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2ClientCredentialsAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2RefreshTokenAuthenticationConverter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.DelegatingAuthenticationConverter;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Puts Spring's authorization server together: its filters and providers by hand, in a chain of their own, so that no
 * other request pays for them. Only the grants that OAuth 2.1 has are there.
 */
@Configuration(proxyBeanMethods = false)
class OAuthConfiguration {
    @Bean
    @Order(0)
    SecurityFilterChain oauthRequests(
            ClientAuthentication clientAuthentication,
            AuthorizationRequests authorizationRequests,
            ConsentAnswers consentAnswers,
            Introspection introspection,
            Authorizations authorizations,
            Tokens tokens,
            ProviderAnswers provided,
            KnownTokens known,
            RateLimits limits,
            CrossOrigins origins,
            PublicUrl address,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver answers) {
        var forItself = new OAuth2ClientCredentialsAuthenticationProvider(authorizations, tokens);
        forItself.setAuthenticationValidator(context -> {
            OAuth2ClientCredentialsAuthenticationToken asking = context.getAuthentication();
            if (!AuthorizationRequests.areForItself(context.getRegisteredClient(), asking.getScopes()))
                throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_SCOPE);
        });
        var providers = new ProviderManager(
                clientAuthentication,
                authorizationRequests,
                consentAnswers,
                introspection,
                new OAuth2AuthorizationCodeAuthenticationProvider(authorizations, tokens),
                new OAuth2RefreshTokenAuthenticationProvider(authorizations, tokens),
                forItself,
                new OAuth2TokenRevocationAuthenticationProvider(authorizations));
        var provider = AuthorizationServerSettings.builder()
                .issuer(address.publicUrl())
                .build();
        return new DefaultSecurityFilterChain(
                ProviderRequests::isOurs,
                new HeaderWriterFilter(List.of(new SecurityHeaders())),
                origins.filter(),
                new ProviderRequests(provider, known, limits, answers),
                authorizationEndpoint(providers, provided),
                clientAuthentication(providers, provided),
                tokenEndpoint(providers, provided),
                introspectionEndpoint(providers, provided),
                revocationEndpoint(providers, provided));
    }

    private static OAuth2AuthorizationEndpointFilter authorizationEndpoint(
            AuthenticationManager providers, ProviderAnswers answers) {
        var filter = new OAuth2AuthorizationEndpointFilter(providers, Continuation.AUTHORIZE);
        AuthenticationConverter understood = new DelegatingAuthenticationConverter(List.of(
                new OAuth2AuthorizationCodeRequestAuthenticationConverter(),
                new OAuth2AuthorizationConsentAuthenticationConverter()));
        filter.setAuthenticationConverter(request -> {
            for (var unsupported : List.of("request", "request_uri"))
                if (request.getParameter(unsupported) != null)
                    throw new OAuth2AuthorizationCodeRequestAuthenticationException(
                            new OAuth2Error(unsupported + "_not_supported"), null);
            return understood.convert(request);
        });
        filter.setAuthenticationSuccessHandler(answers::code);
        filter.setAuthenticationFailureHandler(answers::notYet);
        return filter;
    }

    private static OAuth2ClientAuthenticationFilter clientAuthentication(
            AuthenticationManager providers, ProviderAnswers answers) {
        var filter = new OAuth2ClientAuthenticationFilter(
                providers, request -> request.getMethod().equals("POST") && !isForBrowsers(request.getRequestURI()));
        filter.setAuthenticationConverter(new DelegatingAuthenticationConverter(List.of(
                new ClientSecretBasicAuthenticationConverter(),
                new ClientSecretPostAuthenticationConverter(),
                ClientAuthentication::publicClient,
                _ -> {
                    throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
                })));
        filter.setAuthenticationFailureHandler(answers::error);
        return filter;
    }

    private static boolean isForBrowsers(String path) {
        return path.equals(Continuation.AUTHORIZE) || path.equals(ProviderRequests.LOGIN_FORM);
    }

    private static OAuth2TokenEndpointFilter tokenEndpoint(AuthenticationManager providers, ProviderAnswers answers) {
        var filter = new OAuth2TokenEndpointFilter(providers, "/oauth2/token");
        filter.setAuthenticationConverter(new DelegatingAuthenticationConverter(List.of(
                new OAuth2AuthorizationCodeAuthenticationConverter(),
                new OAuth2RefreshTokenAuthenticationConverter(),
                new OAuth2ClientCredentialsAuthenticationConverter())));
        filter.setAuthenticationFailureHandler(answers::error);
        return filter;
    }

    private static OAuth2TokenIntrospectionEndpointFilter introspectionEndpoint(
            AuthenticationManager providers, ProviderAnswers answers) {
        var filter = new OAuth2TokenIntrospectionEndpointFilter(providers, "/oauth2/introspect");
        filter.setAuthenticationFailureHandler(answers::error);
        return filter;
    }

    private static OAuth2TokenRevocationEndpointFilter revocationEndpoint(
            AuthenticationManager providers, ProviderAnswers answers) {
        var filter = new OAuth2TokenRevocationEndpointFilter(providers, "/oauth2/revoke");
        filter.setAuthenticationFailureHandler(answers::error);
        return filter;
    }
}
