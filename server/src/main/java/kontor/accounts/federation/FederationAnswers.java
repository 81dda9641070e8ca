package kontor.accounts.federation;

import java.util.List;
import java.util.Map;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;

/** What is told to those who come from elsewhere and are not let in. */
final class FederationAnswers {
    private static final int SECONDS = 5;

    private FederationAnswers() {}

    /** One for every way in which a provider's answer can be wrong, and for users who are disabled. */
    static Refusal loginRefused() {
        return new Refusal(
                HttpStatus.UNAUTHORIZED,
                "login_refused",
                "The login at the provider has come to nothing. Start again.");
    }

    static Refusal accountExists() {
        return new Refusal(
                HttpStatus.CONFLICT,
                "account_exists",
                "There is an account with your e-mail address. Log in to it, and link this way to log in there.");
    }

    static Refusal noAccount() {
        return new Refusal(
                HttpStatus.FORBIDDEN,
                "no_account",
                "Nobody here is linked with this login. Ask for an account, log in to it, and link them there.");
    }

    static Refusal noAddress() {
        return new Refusal(
                HttpStatus.FORBIDDEN,
                "email_not_verified",
                "A new account needs an e-mail address, and none was verified where you come from.");
    }

    static Refusal identityTaken() {
        return new Refusal(HttpStatus.CONFLICT, "identity_taken", "Another account is linked with this login.");
    }

    static Refusal providerUnavailable() {
        return unavailable("provider_unavailable", "The provider does not answer. Try again later.");
    }

    static Refusal directoryUnavailable() {
        return unavailable("directory_unavailable", "The directory does not answer. Try again later.");
    }

    private static Refusal unavailable(String code, String detail) {
        return new Refusal(HttpStatus.SERVICE_UNAVAILABLE, code, detail, Map.of("retry_after", SECONDS), List.of());
    }
}
