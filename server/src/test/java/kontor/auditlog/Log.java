package kontor.auditlog;

import java.util.List;
import kontor.TestUsers.TestUser;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the audit log as a test needs it. */
@Component
class Log {
    private final JdbcClient database;

    Log(JdbcClient database) {
        this.database = database;
    }

    /** {@code "done products.change product:5"}, the oldest first. */
    List<String> of(TestUser user) {
        return database.sql("""
                        SELECT concat_ws(' ', outcome, action, subject) FROM auditlog.acts WHERE actor = ? ORDER BY id
                        """).param("user:" + user.id()).query(String.class).list();
    }

    /** What the records of requests with this id say, each as one text. */
    List<String> ofRequest(String id) {
        return database.sql("SELECT acts::text FROM auditlog.acts WHERE request_id = ? ORDER BY id")
                .param(id)
                .query(String.class)
                .list();
    }

    /**
     * Of the newest act of a user.
     *
     * @param path as PostgreSQL writes it, {@code {request,amount}}
     */
    String before(TestUser user, String path) {
        return newest(user, "before", path);
    }

    String after(TestUser user, String path) {
        return newest(user, "after", path);
    }

    private String newest(TestUser user, String column, String path) {
        return database.sql("SELECT coalesce(" + column + " #>> ?::text[], '') FROM auditlog.acts WHERE actor = ? "
                        + "ORDER BY id DESC LIMIT 1")
                .params(path, "user:" + user.id())
                .query(String.class)
                .single();
    }

    /** How many records have this anywhere. */
    long countWith(String text) {
        return database.sql("SELECT count(*) FROM auditlog.acts WHERE strpos(acts::text, ?) > 0")
                .param(text)
                .query(Long.class)
                .single();
    }
}
