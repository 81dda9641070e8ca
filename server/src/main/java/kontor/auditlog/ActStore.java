package kontor.auditlog;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The audit log in the database. */
@Repository
class ActStore {
    private static final String INSERT = """
            INSERT INTO auditlog.acts
                (actor, user_id, network, user_agent, request_id, action, subject, before, after, outcome)
            SELECT ?, ?::bigint, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?
            """;

    private final JdbcTemplate jdbc;

    ActStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Entry entry) {
        jdbc.update(INSERT, values(entry));
    }

    /** Inserts it when the surrounding transaction has written something. @return whether it had */
    boolean insertBesideOtherWrites(Entry entry) {
        return jdbc.update(INSERT + "WHERE pg_current_xact_id_if_assigned() IS NOT NULL", values(entry)) == 1;
    }

    private static Object[] values(Entry entry) {
        return new Object[] {
            entry.actor(),
            entry.userId(),
            entry.origin().network(),
            entry.origin().userAgent(),
            entry.origin().requestId(),
            entry.action(),
            entry.subject(),
            entry.before(),
            entry.after(),
            entry.outcome().code()
        };
    }

    /** Seals the oldest acts that are not sealed, at most so many. @return how many there were */
    int seal(int most) {
        var sealed = jdbc.queryForObject("SELECT auditlog.seal(?)", Integer.class, most);
        return sealed == null ? 0 : sealed;
    }
}
