package kontor.accounts.notices;

import kontor.accounts.throttling.Throttle;
import kontor.mail.Mail;
import kontor.mail.Mails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells users by mail of each change of the ways into their accounts, inside the transaction of the change: whoever has got
 * in cannot leave a way open unnoticed. Nobody is told whose account is disabled or erased. A notice holds nothing that opens
 * anything, and no link: who is used to following links in such mails follows those of others too. Nor does it hold a word that
 * the account chose, and an address that nobody has verified is sent a few only: it may be a stranger's.
 */
@Component
public class SecurityNotices {
    private static final String OPEN_ADDRESS = """
            SELECT email, email_verified_at IS NOT NULL AS verified FROM accounts.users
            WHERE id = :user AND disabled_at IS NULL AND erased_at IS NULL
            """;
    private final JdbcClient jdbc;
    private final Throttle throttle;
    private final Mails mails;

    private record Address(String email, boolean verified) {}

    SecurityNotices(JdbcClient jdbc, Throttle throttle, Mails mails) {
        this.jdbc = jdbc;
        this.throttle = throttle;
        this.mails = mails;
    }

    public void passwordChanged(long userId) {
        tell(
                userId,
                "Your password was changed",
                "The password of your account was changed just now, and all other logins have ended.");
    }

    /** @param factor as it stands in a sentence: {@code a passkey} */
    public void factorAdded(long userId, String factor) {
        tell(userId, "A second factor was added to your account", "Your account was given " + factor + " just now.");
    }

    /** @param factor as it stands in a sentence: {@code a passkey} */
    public void factorRemoved(long userId, String factor) {
        tell(userId, "A second factor was removed from your account", "Your account lost " + factor + " just now.");
    }

    public void recoveryCodesReplaced(long userId) {
        tell(
                userId,
                "Your recovery codes were made anew",
                "The recovery codes of your account were made anew just now. The old ones are not good any more.");
    }

    public void identityLinked(long userId) {
        tell(
                userId,
                "Another login was linked with your account",
                "Your account was linked just now with a login elsewhere, which opens it from now on.");
    }

    public void identityRemoved(long userId) {
        tell(
                userId,
                "A login was removed from your account",
                "A login elsewhere that opened your account was removed from it just now.");
    }

    public void apiKeyCreated(long userId) {
        tell(userId, "An API key was created", "An API key was created just now that acts for you.");
    }

    private void tell(long userId, String subject, String what) {
        jdbc.sql(OPEN_ADDRESS)
                .param("user", userId)
                .query(Address.class)
                .optional()
                .filter(address -> address.verified() || throttle.mayMail("security_notice", address.email()))
                .ifPresent(address -> mails.send(userId, new Mail(address.email(), subject, what + """


                        If that was not you, choose a new password where you log in, at once, which ends all other logins, look
                        which second factors, other logins and API keys your account has, and tell us.
                        """)));
    }
}
