package kontor.accounts;

import java.sql.Types;
import kontor.mail.Mails;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** By what users can log in, and get in again when they cannot. Nobody loses the last of it by accident. */
@Repository
public class WaysIn {
    /**
     * Whoever reads the mail to the account's address may choose a password: for an account that has one, or waits for its
     * first, or has no other way in. Those who log in elsewhere do so: a way past that must not open by mail. Nor for those
     * at the directory's domain, whose passwords are compared there.
     */
    private static final String BY_MAIL = """
            (NOT accounts.is_at(u.email, :domain)
             AND (u.password_hash IS NOT NULL
                  OR (u.must_verify_email AND u.email_verified_at IS NULL)
                  OR (u.email_verified_at IS NOT NULL
                      AND NOT EXISTS (SELECT FROM accounts.identities i
                                      WHERE i.user_id = u.id AND i.issuer = ANY (CAST(:issuers AS text[]))))))
            """;

    private final JdbcClient jdbc;
    private final Issuers issuers;
    private final DirectoryAddresses directory;
    private final Mails mails;

    WaysIn(JdbcClient jdbc, Issuers issuers, DirectoryAddresses directory, Mails mails) {
        this.jdbc = jdbc;
        this.issuers = issuers;
        this.directory = directory;
        this.mails = mails;
    }

    /** Whether the user may choose a password by a link that is mailed to them. */
    boolean isOpenByMail(long userId) {
        return ask(BY_MAIL, userId);
    }

    /**
     * Called in the transaction in which a user has given up a way in, with the user's row locked.
     *
     * @throws Refusal 409 {@code last_way_in} when it was the last, and no mail would let them in either
     */
    public void requireOne(long userId) {
        if (!isThereOne(userId, mails.areSent())) throw lastOne();
    }

    /**
     * The same for a user who has given up a login elsewhere: mail, which that login has kept shut, does not count. Else its
     * owner would open it, and keep what they may do by the word of an issuer that is not asked any more.
     */
    public void requireOneBesideMail(long userId) {
        if (!isThereOne(userId, false)) throw lastOne();
    }

    /** The same as {@link #requireOne} when staff have taken a way in from a user. */
    public void requireOneOfUser(long userId) {
        if (!isThereOne(userId, mails.areSent()))
            throw lastWayIn("This is the only way to log in to the account. Its owner has to add another one first.");
    }

    boolean isThereOne(long userId, boolean mailsAreSent) {
        var login = "accounts.has_login(u.id, CAST(:issuers AS text[]), :domain)";
        return ask(mailsAreSent ? login + " OR " + BY_MAIL : login, userId);
    }

    private boolean ask(String question, long userId) {
        return jdbc.sql("SELECT " + question + " FROM accounts.users u WHERE u.id = :id")
                .param("issuers", issuers.present().toArray(String[]::new))
                .param("domain", directory.domain().orElse(null), Types.VARCHAR)
                .param("id", userId)
                .query(Boolean.class)
                .single();
    }

    private static Refusal lastOne() {
        return lastWayIn("This is the only way to log in to the account. Add a passkey or another login first.");
    }

    private static Refusal lastWayIn(String detail) {
        return new Refusal(HttpStatus.CONFLICT, "last_way_in", detail);
    }
}
