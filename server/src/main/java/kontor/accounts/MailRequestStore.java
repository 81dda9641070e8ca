package kontor.accounts;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class MailRequestStore {
    private final JdbcClient jdbc;

    MailRequestStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(MailRequest request) {
        jdbc.sql("INSERT INTO accounts.mail_requests (kind, email) VALUES (:kind, :email)")
                .param("kind", request.kind().code())
                .param("email", request.email())
                .update();
    }

    /**
     * Takes the oldest ones, which are gone when the transaction commits. In an order that is the same on all servers: what
     * two of them lock for the same addresses they lock one after the other.
     */
    List<MailRequest> take(int most) {
        return jdbc
                .sql("""
                        DELETE FROM accounts.mail_requests
                        WHERE id IN (SELECT id FROM accounts.mail_requests ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
                        RETURNING kind, email
                        """)
                .param("most", most)
                .query((row, _) -> new MailRequest(
                        MailRequest.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                        row.getString("email")))
                .list()
                .stream()
                .sorted(Comparator.comparing((MailRequest each) -> each.email().toLowerCase(Locale.ROOT))
                        .thenComparing(MailRequest::kind))
                .toList();
    }
}
