package kontor.accounts;

import java.util.Map;
import kontor.accounts.LoginResult.SecondFactorRequired;
import kontor.accounts.LoginResult.TicketOver;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.Wrong;
import kontor.accounts.LoginResult.WrongPasskey;
import kontor.accounts.LoginResult.WrongSecondFactor;
import kontor.accounts.sessions.Cookies;
import kontor.accounts.sessions.SessionSettings;
import kontor.web.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** How the result of a login leaves the server, whichever way in it was. */
@Component
public class LoginAnswers {
    private final SessionSettings settings;

    LoginAnswers(SessionSettings settings) {
        this.settings = settings;
    }

    public ResponseEntity<?> to(LoginResult result) {
        return switch (result) {
            case Welcome welcome -> welcome(welcome);
            case Wrong() ->
                Problem.of(
                        HttpStatus.UNAUTHORIZED, "invalid_credentials", "The e-mail address or the password is wrong.");
            case SecondFactorRequired(var ticket, var expiresIn, var factors) ->
                Problem.of(
                        HttpStatus.UNAUTHORIZED,
                        "second_factor_required",
                        "Show a second factor as well, with POST /login/second-factor.",
                        Map.of("ticket", ticket, "expires_in", expiresIn, "factors", factors));
            case WrongSecondFactor() -> wrongSecondFactor();
            case TicketOver() ->
                Problem.of(
                        HttpStatus.UNAUTHORIZED,
                        "invalid_ticket",
                        "The ticket is not good, or not any more. Log in again.");
            case WrongPasskey() ->
                Problem.of(HttpStatus.UNAUTHORIZED, "invalid_passkey", "This passkey does not open anything here.");
        };
    }

    static ResponseEntity<?> wrongSecondFactor() {
        return Problem.of(
                HttpStatus.UNAUTHORIZED,
                "invalid_second_factor",
                "The code or the passkey is not good. A code is good once, and not for long.");
    }

    private ResponseEntity<?> welcome(Welcome welcome) {
        var answer = ResponseEntity.ok();
        var cookie = welcome.loggedIn().cookie();
        if (cookie != null)
            answer.header(
                    HttpHeaders.SET_COOKIE,
                    Cookies.session(cookie, settings.sessionLifetime()).toString());
        if (welcome.device() != null)
            answer.header(HttpHeaders.SET_COOKIE, welcome.device().toString());
        return answer.body(welcome.loggedIn());
    }
}
