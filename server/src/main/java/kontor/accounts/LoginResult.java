package kontor.accounts;

import kontor.accounts.sessions.LoggedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/** What became of a login. */
public sealed interface LoginResult {
    /** @param device what the browser is to remember; null when it does already */
    record Welcome(LoggedIn loggedIn, @Nullable ResponseCookie device) implements LoginResult {}

    /** For every kind of wrong: it is never told whether there is such an account. */
    record Wrong() implements LoginResult {}

    /** The password is right, and the account is to be opened by the link in the mail first. */
    record EmailUnverified() implements LoginResult {}
}
