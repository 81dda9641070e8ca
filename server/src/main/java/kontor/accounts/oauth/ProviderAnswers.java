package kontor.accounts.oauth;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import kontor.accounts.sessions.SessionSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.http.converter.OAuth2ErrorHttpMessageConverter;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** How the provider's answers leave the server: browsers are sent on, with our name as RFC 9207 wants it; programs get JSON. */
@Component
class ProviderAnswers {
    private final OAuth2ErrorHttpMessageConverter errors = new OAuth2ErrorHttpMessageConverter();
    private final SessionSettings settings;
    private final Pages pages;

    ProviderAnswers(SessionSettings settings, Pages pages) {
        this.settings = settings;
        this.pages = pages;
    }

    /** The code, for the client. */
    void code(HttpServletRequest http, HttpServletResponse response, Authentication authentication) {
        var request = (OAuth2AuthorizationCodeRequestAuthenticationToken) authentication;
        var code = Objects.requireNonNull(request.getAuthorizationCode()).getTokenValue();
        var answer = answer(request.getState());
        answer.put(OAuth2ParameterNames.CODE, code);
        sendBack(response, Objects.requireNonNull(request.getRedirectUri()), answer);
    }

    /** An error for the client, if it is known where it is; a page for the user otherwise, or to log in or say yes. */
    void notYet(HttpServletRequest http, HttpServletResponse response, AuthenticationException exception)
            throws IOException {
        if (exception instanceof PageNeeded needed) {
            sendTo(response, needed.page() == PageNeeded.Page.LOGIN ? login(http) : consent(needed.question()));
            return;
        }
        var error = errorOf(exception);
        var request = exception instanceof OAuth2AuthorizationCodeRequestAuthenticationException failed
                ? failed.getAuthorizationCodeRequestAuthentication()
                : null;
        if (request == null || request.getRedirectUri() == null) {
            pages.write(response, HttpStatus.BAD_REQUEST, pages.faultyRequest(error.getErrorCode()));
            return;
        }
        var answer = answer(request.getState());
        answer.put(OAuth2ParameterNames.ERROR, error.getErrorCode());
        if (error.getDescription() != null) answer.put(OAuth2ParameterNames.ERROR_DESCRIPTION, error.getDescription());
        sendBack(response, request.getRedirectUri(), answer);
    }

    /** RFC 6749 section 5.2. */
    void error(HttpServletRequest http, HttpServletResponse response, AuthenticationException exception)
            throws IOException {
        var error = errorOf(exception);
        var unknown = OAuth2ErrorCodes.INVALID_CLIENT.equals(error.getErrorCode());
        var answer = new ServletServerHttpResponse(response);
        answer.setStatusCode(unknown ? HttpStatus.UNAUTHORIZED : HttpStatus.BAD_REQUEST);
        if (unknown) answer.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"oauth2\"");
        errors.write(new OAuth2Error(error.getErrorCode()), null, answer);
    }

    private static OAuth2Error errorOf(AuthenticationException exception) {
        return exception instanceof OAuth2AuthenticationException known
                ? known.getError()
                : new OAuth2Error(OAuth2ErrorCodes.SERVER_ERROR);
    }

    private Map<String, String> answer(@Nullable String state) {
        var answer = new LinkedHashMap<>(Map.of("iss", settings.publicUrl()));
        if (state != null) answer.put(OAuth2ParameterNames.STATE, state);
        return answer;
    }

    /** The client's address stays as it was registered, with signs in its query that others would write otherwise. */
    private static void sendBack(HttpServletResponse response, String redirectUri, Map<String, String> answer) {
        var parameters = answer.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&"));
        sendTo(response, redirectUri + (redirectUri.indexOf('?') < 0 ? "?" : "&") + parameters);
    }

    /** What asks for a new login is taken out: when the user comes back they have just done so. */
    private static String login(HttpServletRequest http) {
        var asked = UriComponentsBuilder.fromPath(Continuation.AUTHORIZE);
        http.getParameterMap().forEach((name, values) -> {
            var prompts = Arrays.stream(values[0].split(" ", -1))
                    .filter(prompt -> !prompt.equals("login") && !prompt.equals("select_account"))
                    .collect(Collectors.joining(" "));
            if (name.equals("prompt") ? !prompts.isEmpty() : !name.equals(AuthorizationRequests.MAX_AGE))
                asked.queryParam(encoded(name), encoded(name.equals("prompt") ? prompts : values[0]));
        });
        return "/login?" + Continuation.NAME + "=" + encoded(asked.build(true).toUriString());
    }

    private static String consent(String question) {
        return ConsentPages.PATH + "?" + ConsentPages.QUESTION + "=" + encoded(question);
    }

    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }

    private static void sendTo(HttpServletResponse response, String address) {
        response.setStatus(HttpStatus.SEE_OTHER.value());
        response.setHeader(HttpHeaders.LOCATION, address);
    }
}
