package kontor.accounts;

import java.util.List;
import kontor.accounts.factors.FactorSettings;
import kontor.accounts.sessions.CallerFilter;
import kontor.accounts.sessions.KnownTokens;
import kontor.accounts.sessions.PublicUrl;
import kontor.accounts.sessions.SessionSettings;
import kontor.accounts.throttling.ThrottleSettings;
import kontor.web.CrossOrigins;
import kontor.web.RateLimits;
import kontor.web.Refusal;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * What a request passes before it reaches a controller: the firewall against crooked addresses, the headers for
 * browsers, whose pages may call, and who does. Whether the caller may do what the operation does is decided at the
 * operation, by {@code kontor.web}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    AccountSettings.class,
    FactorSettings.class,
    FirstAdminSettings.class,
    PublicUrl.class,
    SessionSettings.class,
    ThrottleSettings.class,
    UserSettings.class
})
class SecurityConfiguration {
    private static final SecurityHeaders HEADERS = new SecurityHeaders();

    @Bean
    SecurityFilterChain everyRequest(
            KnownTokens tokens,
            CrossOrigins origins,
            RateLimits limits,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver answers) {
        return new DefaultSecurityFilterChain(
                AnyRequestMatcher.INSTANCE,
                new HeaderWriterFilter(List.of(HEADERS)),
                origins.filter(),
                new CallerFilter(tokens, limits, answers));
    }

    /**
     * Only addresses are looked at. Control characters in headers are refused by Tomcat before, parameters by those who
     * read them, and a method that an operation does not have is 405.
     */
    @Bean
    StrictHttpFirewall firewall() {
        var firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true);
        firewall.setAllowedHeaderNames(_ -> true);
        firewall.setAllowedHeaderValues(_ -> true);
        firewall.setAllowedParameterNames(_ -> true);
        firewall.setAllowedParameterValues(_ -> true);
        return firewall;
    }

    @Bean
    RequestRejectedHandler crookedAddresses(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver answers) {
        var refusal =
                new Refusal(HttpStatus.BAD_REQUEST, "bad_request", "This address is not written as addresses are.");
        return (request, response, _) -> {
            HEADERS.writeHeaders(request, response);
            answers.resolveException(request, response, null, refusal);
        };
    }

    /** HTTP is measured as a whole; a measurement of each filter would cost more than the filters. */
    @Bean
    SecurityObservationSettings noObservationOfFilters() {
        return SecurityObservationSettings.noObservations();
    }
}
