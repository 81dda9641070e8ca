package kontor.accounts.federation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import kontor.accounts.LoginAnswers;
import kontor.accounts.LoginResult;
import kontor.accounts.LoginResult.SecondFactorRequired;
import kontor.accounts.ReturnPath;
import kontor.accounts.federation.CallbackResult.LetIn;
import kontor.accounts.federation.CallbackResult.NowLinked;
import kontor.accounts.federation.OidcLogins.Arrival;
import kontor.accounts.oauth.SecondStepPage;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Cookies;
import kontor.web.Anyone;
import kontor.web.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Login")
class OidcController {
    private final OidcLogins oidc;
    private final LoginAnswers answers;
    private final SecondStepPage secondStep;

    OidcController(OidcLogins oidc, LoginAnswers answers, SecondStepPage secondStep) {
        this.oidc = oidc;
        this.answers = answers;
        this.secondStep = secondStep;
    }

    @Anyone
    @GetMapping("/login/oidc/{name}")
    @Operation(
            summary = "Send a browser to an OpenID provider to log in",
            description = "to is the path on this host that the browser goes on to when it is back and logged in.")
    @ApiResponse(responseCode = "302", content = @Content)
    ResponseEntity<Void> depart(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String to,
            HttpServletRequest request) {
        var departure = oidc.depart(name, ReturnPath.of(to), null, Cookies.login(request));
        return ResponseEntity.status(HttpStatus.FOUND)
                .location(departure.page())
                .header(
                        HttpHeaders.SET_COOKIE,
                        Cookies.login(departure.secret(), OidcLogins.PATIENCE).toString())
                .build();
    }

    @Anyone
    @GetMapping("/login/oidc/{name}/callback")
    @Operation(
            summary = "Where an OpenID provider sends browsers back to",
            description =
                    "Opens a browser's session, or links the provider's login with the one who asked for it. Whoever"
                            + " has a second factor is asked for it by a page, which goes on afterwards.")
    @ApiResponse(responseCode = "303", content = @Content)
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "text/html", schema = @Schema(type = "string")))
    ResponseEntity<?> arrive(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String iss,
            Caller caller,
            HttpServletRequest request) {
        var arrival = new Arrival(state, code, iss, Cookies.login(request));
        return switch (oidc.arrive(name, arrival, caller, Client.of(request))) {
            case LetIn(SecondFactorRequired(var ticket, var _, var _), var to) ->
                withoutLoginCookie(secondStep.ask(request, ticket, to));
            case LetIn(var login, var to) -> letIn(login, to);
            case NowLinked(var to) -> goOn(to).build();
        };
    }

    private static ResponseEntity<String> withoutLoginCookie(ResponseEntity<String> page) {
        return ResponseEntity.status(page.getStatusCode())
                .headers(headers -> headers.addAll(page.getHeaders()))
                .header(HttpHeaders.SET_COOKIE, Cookies.noLogin().toString())
                .body(page.getBody());
    }

    private ResponseEntity<?> letIn(LoginResult login, String to) {
        var answer = answers.to(login);
        if (!(login instanceof LoginResult.Welcome)) return answer;
        var cookies = answer.getHeaders().getOrEmpty(HttpHeaders.SET_COOKIE);
        return goOn(to).header(HttpHeaders.SET_COOKIE, cookies.toArray(String[]::new))
                .build();
    }

    private static ResponseEntity.BodyBuilder goOn(String to) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .header(HttpHeaders.LOCATION, to)
                .header(HttpHeaders.SET_COOKIE, Cookies.noLogin().toString());
    }
}
