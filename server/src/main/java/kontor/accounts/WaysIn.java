package kontor.accounts;

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
     * first, or has no other way in. Those who log in elsewhere do so: a way past that must not open by mail.
     */
    private static final String BY_MAIL = """
            (u.password_hash IS NOT NULL
             OR (u.must_verify_email AND u.email_verified_at IS NULL)
             OR (u.email_verified_at IS NOT NULL
                 AND NOT EXISTS (SELECT FROM accounts.identities i WHERE i.user_id = u.id)))
            """;

    private final JdbcClient jdbc;
    private final Issuers issuers;
    private final Mails mails;

    WaysIn(JdbcClient jdbc, Issuers issuers, Mails mails) {
        this.jdbc = jdbc;
        this.issuers = issuers;
        this.mails = mails;
    }

    /** Whether the user may choose a password by a link that is mailed to them. */
    boolean isOpenByMail(long userId) {
        return jdbc.sql("SELECT " + BY_MAIL + " FROM accounts.users u WHERE u.id = :id")
                .param("id", userId)
                .query(Boolean.class)
                .single();
    }

    /**
     * Called in the transaction that has taken a way in from a user, whose row is locked.
     *
     * @throws Refusal 409 {@code last_way_in} when it was the last, and no mail would let them in either
     */
    public void requireOne(long userId) {
        if (!isThereOne(userId, mails.areSent()))
            throw new Refusal(
                    HttpStatus.CONFLICT,
                    "last_way_in",
                    "This is the only way to log in to the account. Set a password, or verify the e-mail address, first.");
    }

    boolean isThereOne(long userId, boolean mailsAreSent) {
        return jdbc.sql("""
                        SELECT (u.password_hash IS NOT NULL AND NOT (u.must_verify_email AND u.email_verified_at IS NULL))
                            OR EXISTS (SELECT FROM accounts.passkeys p WHERE p.user_id = u.id)
                            OR EXISTS (SELECT FROM accounts.identities i WHERE i.user_id = u.id AND i.issuer = ANY (:issuers))
                            OR (:mails AND\s""" + BY_MAIL + """
                               )
                        FROM accounts.users u WHERE u.id = :id
                        """)
                .param("issuers", issuers.present().toArray(String[]::new))
                .param("mails", mailsAreSent)
                .param("id", userId)
                .query(Boolean.class)
                .single();
    }
}
