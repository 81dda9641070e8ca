package kontor.accounts.oauth;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import kontor.accounts.sessions.PublicUrl;
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
    private final PublicUrl address;
    private final Pages pages;

    ProviderAnswers(PublicUrl address, Pages pages) {
        this.address = address;
        this.pages = pages;
    }

    /** The code, for the client. */
    void code(HttpServletRequest http, HttpServletResponse response, Authentication authentication) {
        var request = (OAuth2AuthorizationCodeRequestAuthenticationToken) authentication;
        var code = Objects.requireNonNull(request.getAuthorizationCode()).getTokenValue();
        var back = back(Objects.requireNonNull(request.getRedirectUri()), request.getState());
        sendTo(response, back.queryParam(OAuth2ParameterNames.CODE, code));
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
        var back = back(request.getRedirectUri(), request.getState())
                .queryParam(OAuth2ParameterNames.ERROR, error.getErrorCode());
        if (error.getDescription() != null)
            back.queryParam(OAuth2ParameterNames.ERROR_DESCRIPTION, encoded(error.getDescription()));
        sendTo(response, back);
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

    private UriComponentsBuilder back(String redirectUri, @Nullable String state) {
        var back = UriComponentsBuilder.fromUriString(redirectUri).queryParam("iss", encoded(address.publicUrl()));
        return state == null ? back : back.queryParam(OAuth2ParameterNames.STATE, encoded(state));
    }

    /** What asks for a new login is taken out: when the user comes back they have just done so. */
    private static UriComponentsBuilder login(HttpServletRequest http) {
        var asked = UriComponentsBuilder.fromPath(Continuation.AUTHORIZE);
        http.getParameterMap().forEach((name, values) -> {
            var prompts = Arrays.stream(values[0].split(" ", -1))
                    .filter(prompt -> !prompt.equals("login") && !prompt.equals("select_account"))
                    .collect(Collectors.joining(" "));
            if (name.equals("prompt") ? !prompts.isEmpty() : !name.equals(AuthorizationRequests.MAX_AGE))
                asked.queryParam(encoded(name), encoded(name.equals("prompt") ? prompts : values[0]));
        });
        return UriComponentsBuilder.fromPath("/login")
                .queryParam(Continuation.NAME, encoded(asked.build(true).toUriString()));
    }

    private static UriComponentsBuilder consent(String question) {
        return UriComponentsBuilder.fromPath(ConsentPages.PATH).queryParam(ConsentPages.QUESTION, encoded(question));
    }

    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }

    private static void sendTo(HttpServletResponse response, UriComponentsBuilder address) {
        response.setStatus(HttpStatus.SEE_OTHER.value());
        response.setHeader(HttpHeaders.LOCATION, address.build(true).toUriString());
    }
}
