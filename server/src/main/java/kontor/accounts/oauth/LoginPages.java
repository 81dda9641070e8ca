package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import kontor.accounts.LoginResult;
import kontor.accounts.LoginResult.EmailUnverified;
import kontor.accounts.LoginResult.SecondFactorRequired;
import kontor.accounts.LoginResult.TicketOver;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.Wrong;
import kontor.accounts.LoginResult.WrongPasskey;
import kontor.accounts.LoginResult.WrongSecondFactor;
import kontor.accounts.Logins;
import kontor.accounts.SecondSteps;
import kontor.accounts.factors.Passkeys;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Cookies;
import kontor.accounts.sessions.Opaque;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.sessions.SessionSettings;
import kontor.web.Anyone;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The page that users log in with on their way to a client. Its form brings along what a cookie says that only this page
 * could read, so that no other site logs anybody in here.
 */
@RestController
@Tag(name = "Login pages")
class LoginPages {
    private static final String TICKET = "ticket";
    private static final String SCRIPT = "text/javascript;charset=UTF-8";
    private final Logins logins;
    private final SecondSteps secondSteps;
    private final SecondStepPage secondStepPage;
    private final Passkeys passkeys;
    private final FormPasskeys formPasskeys;
    private final Pages pages;
    private final Continuation continuation;
    private final SessionSettings settings;

    LoginPages(
            Logins logins,
            SecondSteps secondSteps,
            SecondStepPage secondStepPage,
            Passkeys passkeys,
            FormPasskeys formPasskeys,
            Pages pages,
            Continuation continuation,
            SessionSettings settings) {
        this.logins = logins;
        this.secondSteps = secondSteps;
        this.secondStepPage = secondStepPage;
        this.passkeys = passkeys;
        this.formPasskeys = formPasskeys;
        this.pages = pages;
        this.continuation = continuation;
        this.settings = settings;
    }

    @Anyone
    @GetMapping(value = PasskeyScript.PATH, produces = SCRIPT)
    @Operation(summary = "The script by which the login pages take passkeys")
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = "text/javascript", schema = @Schema(type = "string")))
    ResponseEntity<String> passkeyScript() {
        return ResponseEntity.ok(PasskeyScript.TEXT);
    }

    @Anyone
    @GetMapping(value = "/login", produces = MediaType.TEXT_HTML_VALUE)
    @Operation(summary = "The page to log in with in a browser")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "text/html", schema = @Schema(type = "string")))
    ResponseEntity<String> page(HttpServletRequest http) {
        return page(http, HttpStatus.OK, null, null);
    }

    @Anyone
    @PostMapping(value = "/login/form", produces = MediaType.TEXT_HTML_VALUE)
    @Operation(
            summary = "What the login page sends: a form, answered with a session cookie and the way back",
            description = "Takes no Idempotency-Key: a login changes nothing but who is logged in.")
    @ApiResponse(responseCode = "303", content = @Content)
    ResponseEntity<String> logIn(HttpServletRequest http) {
        var email = http.getParameter("email");
        if (email != null) PlainText.Check.refuseCardData(email);
        if (!bringsFormToken(http))
            return page(http, HttpStatus.FORBIDDEN, email, "The page was open for too long. Try again.");
        try {
            return answer(http, email, step(http, email));
        } catch (Refusal e) {
            return page(http, e.status(), email, String.valueOf(e.getMessage()));
        }
    }

    /** The second, when the form brings the ticket of the first; either by a passkey, when it brings one. */
    private LoginResult step(HttpServletRequest http, @Nullable String email) {
        var client = Client.of(http);
        var ticket = http.getParameter(TICKET);
        var passkey = http.getParameter("passkey");
        if (passkey != null) {
            var assertion = formPasskeys.read(passkey);
            return ticket == null
                    ? secondSteps.byPasskey(assertion, SessionKind.COOKIE, client)
                    : secondSteps.byPasskey(ticket, assertion, client);
        }
        if (ticket == null) return logins.byPassword(email, http.getParameter("password"), SessionKind.COOKIE, client);
        var code = http.getParameter("code");
        return secondSteps.byCode(ticket, code == null ? "" : code, client);
    }

    private ResponseEntity<String> answer(HttpServletRequest http, @Nullable String email, LoginResult result) {
        return switch (result) {
            case Welcome welcome -> welcome(http, welcome);
            case Wrong() -> page(http, HttpStatus.UNAUTHORIZED, email, "The e-mail address or the password is wrong.");
            case SecondFactorRequired(var ticket, var _, var _) -> secondStepPage.ask(http, ticket, next(http));
            case WrongSecondFactor() ->
                secondStepPage.ask(
                        http,
                        HttpStatus.UNAUTHORIZED,
                        String.valueOf(http.getParameter(TICKET)),
                        next(http),
                        "The code or the passkey is not good. A code is good once, and not for long.");
            case EmailUnverified() ->
                page(http, HttpStatus.FORBIDDEN, email, "Follow the link in the mail that we have sent you first.");
            case TicketOver() -> page(http, HttpStatus.UNAUTHORIZED, null, "That took too long. Log in again.");
            case WrongPasskey() ->
                page(http, HttpStatus.UNAUTHORIZED, email, "This passkey does not open anything here.");
        };
    }

    private @Nullable String next(HttpServletRequest http) {
        var given = http.getParameter(Continuation.NAME);
        return http.getParameter(TICKET) == null
                ? continuation.checked(given)
                : continuation.checkedBehindFirstStep(given);
    }

    private ResponseEntity<String> welcome(HttpServletRequest http, Welcome welcome) {
        var next = next(http);
        var answer = next == null ? pages.answer(HttpStatus.OK, pages.loggedIn()) : null;
        var headers = new HttpHeaders();
        if (answer != null) headers.addAll(answer.getHeaders());
        var cookie = welcome.loggedIn().cookie();
        if (cookie != null)
            headers.add(
                    HttpHeaders.SET_COOKIE,
                    Cookies.session(cookie, settings.sessionLifetime()).toString());
        if (welcome.device() != null)
            headers.add(HttpHeaders.SET_COOKIE, welcome.device().toString());
        if (next != null) headers.set(HttpHeaders.LOCATION, next);
        return answer == null
                ? new ResponseEntity<>(headers, HttpStatus.SEE_OTHER)
                : new ResponseEntity<>(answer.getBody(), headers, HttpStatus.OK);
    }

    private ResponseEntity<String> page(
            HttpServletRequest http, HttpStatus status, @Nullable String email, @Nullable String error) {
        var known = Cookies.form(http);
        var token = known == null ? Opaque.random() : known;
        var next = continuation.checked(http.getParameter(Continuation.NAME));
        var shown = pages.answer(
                status, pages.login(token, next, email, error, continuation.originOf(next), passkeys.areAvailable()));
        return ResponseEntity.status(status)
                .headers(headers -> headers.addAll(shown.getHeaders()))
                .header(HttpHeaders.SET_COOKIE, Cookies.form(token).toString())
                .body(shown.getBody());
    }

    private static boolean bringsFormToken(HttpServletRequest http) {
        var kept = Cookies.form(http);
        var given = http.getParameter("form_token");
        return kept != null
                && given != null
                && MessageDigest.isEqual(kept.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
