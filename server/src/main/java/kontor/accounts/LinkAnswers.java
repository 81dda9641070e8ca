package kontor.accounts;

import kontor.accounts.LinkResult.Done;
import kontor.accounts.LinkResult.EmailTaken;
import kontor.accounts.LinkResult.NotGood;
import kontor.accounts.LinkResult.WrongPassword;
import kontor.web.Problem;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** How the result of following a link leaves the server. */
final class LinkAnswers {
    private LinkAnswers() {}

    static ResponseEntity<?> to(LinkResult result) {
        return switch (result) {
            case Done _ -> ResponseEntity.noContent().build();
            case NotGood() ->
                Problem.of(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "link_not_good",
                        "This link was used before, is too old, or was withdrawn. Ask for a new one.");
            case WrongPassword() ->
                Problem.of(
                        HttpStatus.FORBIDDEN,
                        "wrong_password",
                        "The account was opened with another password. A new one can be asked for, which opens it too.");
            case EmailTaken() ->
                Problem.of(HttpStatus.CONFLICT, "email_taken", "There is an account with this e-mail address already.");
        };
    }
}
