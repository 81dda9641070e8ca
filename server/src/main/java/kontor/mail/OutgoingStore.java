package kontor.mail;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Mails in the database. Taking one up, and writing down what came of it, is each a statement of its own. */
@Repository
class OutgoingStore {
    private final JdbcClient jdbc;

    OutgoingStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param attempt the number of this one, from 1: whoever was overtaken meanwhile writes nothing */
    record Taken(UUID id, String recipient, String subject, String sealedBody, int attempt) {}

    void insert(UUID id, long userId, String recipient, String subject, String sealedBody) {
        jdbc.sql("""
                        INSERT INTO mail.outgoing (id, user_id, recipient, subject, body)
                        VALUES (:id, :user, :recipient, :subject, :body)
                        """)
                .param("id", id)
                .param("user", userId)
                .param("recipient", recipient)
                .param("subject", subject)
                .param("body", sealedBody)
                .update();
    }

    /** The mail that has been due the longest; nobody else takes it for the time of {@code lease}. */
    Optional<Taken> takeDue(Duration lease) {
        return jdbc.sql("""
                        UPDATE mail.outgoing
                        SET attempts = attempts + 1, next_attempt_at = now() + CAST(:lease AS interval)
                        WHERE id = (SELECT id FROM mail.outgoing
                                    WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()
                                    ORDER BY next_attempt_at LIMIT 1
                                    FOR UPDATE SKIP LOCKED)
                        RETURNING id, recipient, subject, body, attempts
                        """)
                .param("lease", lease.toString())
                .query((row, _) -> new Taken(
                        row.getObject("id", UUID.class),
                        row.getString("recipient"),
                        row.getString("subject"),
                        row.getString("body"),
                        row.getInt("attempts")))
                .optional();
    }

    void sent(UUID id) {
        jdbc.sql("""
                        UPDATE mail.outgoing SET sent_at = now(), body = NULL, last_error = NULL
                        WHERE id = :id AND sent_at IS NULL AND failed_at IS NULL
                        """).param("id", id).update();
    }

    void tryAgain(Taken mail, Duration pause, String error) {
        jdbc.sql("""
                        UPDATE mail.outgoing SET next_attempt_at = now() + CAST(:pause AS interval), last_error = :error
                        WHERE id = :id AND attempts = :attempt AND sent_at IS NULL AND failed_at IS NULL
                        """)
                .param("id", mail.id())
                .param("attempt", mail.attempt())
                .param("pause", pause.toString())
                .param("error", error)
                .update();
    }

    void giveUp(Taken mail, String error) {
        jdbc.sql("""
                        UPDATE mail.outgoing SET failed_at = now(), body = NULL, last_error = :error
                        WHERE id = :id AND attempts = :attempt AND sent_at IS NULL AND failed_at IS NULL
                        """)
                .param("id", mail.id())
                .param("attempt", mail.attempt())
                .param("error", error)
                .update();
    }

    /** Gives up those that have waited for so long. @return how many those were */
    int giveUpAfter(Duration age) {
        return jdbc.sql("""
                        UPDATE mail.outgoing SET failed_at = now(), body = NULL
                        WHERE sent_at IS NULL AND failed_at IS NULL AND created_at < now() - CAST(:age AS interval)
                        """).param("age", age.toString()).update();
    }

    void clear(Duration age) {
        jdbc.sql("""
                        DELETE FROM mail.outgoing
                        WHERE body IS NULL AND created_at < now() - CAST(:age AS interval)
                        """).param("age", age.toString()).update();
    }

    List<KeptMail> list(long userId) {
        return jdbc.sql("""
                        SELECT recipient, subject, created_at, sent_at FROM mail.outgoing
                        WHERE user_id = :user
                        ORDER BY created_at DESC, id
                        """)
                .param("user", userId)
                .query((row, _) -> {
                    var sent = row.getObject("sent_at", OffsetDateTime.class);
                    return new KeptMail(
                            row.getString("recipient"),
                            row.getString("subject"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            sent == null ? null : sent.toInstant());
                })
                .list();
    }

    void deleteOf(long userId) {
        jdbc.sql("DELETE FROM mail.outgoing WHERE user_id = :user")
                .param("user", userId)
                .update();
    }
}
