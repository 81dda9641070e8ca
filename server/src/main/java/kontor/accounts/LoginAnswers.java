package kontor.accounts;

import kontor.accounts.LoginResult.EmailUnverified;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.Wrong;
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
            case EmailUnverified() ->
                Problem.of(
                        HttpStatus.FORBIDDEN,
                        "email_unverified",
                        "Follow the link in the mail first. POST /users/verification/request has it sent again.");
        };
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
