package kontor.accounts;

import java.util.Set;
import kontor.accounts.factors.FactorKind;
import kontor.accounts.sessions.LoggedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/** What became of a login. */
public sealed interface LoginResult {
    /** @param device what the browser is to remember; null when it does already */
    record Welcome(LoggedIn loggedIn, @Nullable ResponseCookie device) implements LoginResult {}

    /** For every kind of wrong: it is never told whether there is such an account. */
    record Wrong() implements LoginResult {}

    /**
     * So far so good: this user shows a second factor as well.
     *
     * @param ticket to come back with
     * @param expiresIn seconds that the ticket is good for
     */
    record SecondFactorRequired(String ticket, long expiresIn, Set<FactorKind> factors) implements LoginResult {
        @Override
        public String toString() {
            return "SecondFactorRequired" + factors; // never the ticket
        }
    }

    /** The second factor was not good; the ticket still is. */
    record WrongSecondFactor() implements LoginResult {}

    /** The ticket is none of ours, or not any more. */
    record TicketOver() implements LoginResult {}

    /** For every kind of wrong passkey, whether or not there is one like it. */
    record WrongPasskey() implements LoginResult {}
}
