package kontor.auditlog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The audit log in the database. */
@Repository
class ActStore {
    private static final String INSERT = """
            INSERT INTO auditlog.acts
                (actor, user_id, network, user_agent, request_id, action, subject, before, after, outcome)
            SELECT ?, ?::bigint, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?
            """;
    private static final String SELECT = """
            SELECT id, at, actor, user_id, network, user_agent, request_id, action, subject, before, after, outcome, seq,
                   encode(hash, 'hex') AS hash
            FROM auditlog.acts LEFT JOIN auditlog.seals ON act_id = id
            """;
    private static final String USER = "user:";
    private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    ActStore(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
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

    /**
     * The newest first.
     *
     * @param before the id of the act that the page begins behind; null for the first page
     */
    List<RecordedAct> list(ActFilter filter, @Nullable Long before, int most) {
        var where = new StringBuilder("WHERE true");
        var values = new ArrayList<Object>();
        if (before != null)
            add(where, values, " AND (at, id) < (SELECT at, id FROM auditlog.acts WHERE id = ?)", before);
        if (filter.actor() != null) addActor(where, values, filter.actor());
        if (filter.action() != null) addAction(where, values, filter.action());
        if (filter.subject() != null) add(where, values, " AND subject = ?", filter.subject());
        if (filter.outcome() != null)
            where.append(" AND outcome = '").append(filter.outcome().code()).append('\''); // for its index's condition
        if (filter.from() != null)
            add(where, values, " AND at >= ?", filter.from().atOffset(ZoneOffset.UTC));
        if (filter.until() != null)
            add(where, values, " AND at < ?", filter.until().atOffset(ZoneOffset.UTC));
        values.add(most);
        return jdbc.query(SELECT + where + " ORDER BY at DESC, id DESC LIMIT ?", this::act, values.toArray());
    }

    /** What clients did for a user is the user's as well. */
    private static void addActor(StringBuilder where, List<Object> values, String actor) {
        if (!actor.startsWith(USER)) {
            add(where, values, " AND actor = ?", actor);
            return;
        }
        add(where, values, " AND (actor = ?", actor);
        add(where, values, " OR (actor >= ?", actor + " client:");
        add(where, values, " AND actor < ?))", actor + " client;");
    }

    private static void addAction(StringBuilder where, List<Object> values, String action) {
        if (!action.endsWith("*")) {
            add(where, values, " AND action = ?", action);
            return;
        }
        var beginning = action.substring(0, action.length() - 1);
        add(where, values, " AND action >= ?", beginning);
        add(where, values, " AND action < ?", beginning + LAST_CHARACTER);
    }

    private static void add(StringBuilder where, List<Object> values, String condition, Object value) {
        where.append(condition);
        values.add(value);
    }

    /** All that a user did, and clients did for them, the oldest first. */
    List<OwnAct> of(long userId) {
        var where = new StringBuilder("WHERE true");
        var values = new ArrayList<Object>();
        addActor(where, values, USER + userId);
        return jdbc.query(
                "SELECT at, action, network, user_agent, outcome FROM auditlog.acts " + where + " ORDER BY at, id",
                (row, _) -> new OwnAct(
                        row.getTimestamp("at").toInstant(),
                        row.getString("action"),
                        row.getString("network"),
                        row.getString("user_agent"),
                        row.getString("outcome")),
                values.toArray());
    }

    Optional<RecordedAct> find(long id) {
        return jdbc.query(SELECT + "WHERE id = ?", this::act, id).stream().findFirst();
    }

    private RecordedAct act(ResultSet row, int number) throws SQLException {
        var seq = row.getObject("seq", Long.class);
        return new RecordedAct(
                row.getLong("id"),
                row.getTimestamp("at").toInstant(),
                row.getString("actor"),
                row.getObject("user_id", Long.class),
                row.getString("network"),
                row.getString("user_agent"),
                row.getString("request_id"),
                row.getString("action"),
                row.getString("subject"),
                tree(row.getString("before")),
                tree(row.getString("after")),
                row.getString("outcome"),
                seq == null ? null : new RecordedAct.Link(seq, row.getString("hash")));
    }

    private @Nullable Object tree(@Nullable String written) {
        return written == null ? null : json.readTree(written);
    }

    /** Seals the oldest acts that are not sealed, at most so many. @return how many there were */
    int seal(int most) {
        var sealed = jdbc.queryForObject("SELECT auditlog.seal(?)", Integer.class, most);
        return sealed == null ? 0 : sealed;
    }

    long countUnsealed() {
        @Nullable Long count = jdbc.queryForObject("""
                SELECT count(*) FROM auditlog.acts
                WHERE (xact, id) > (
                    coalesce((SELECT xact FROM auditlog.seals ORDER BY seq DESC LIMIT 1), -1),
                    coalesce((SELECT act_id FROM auditlog.seals ORDER BY seq DESC LIMIT 1), 0))
                """, Long.class);
        return count == null ? 0 : count;
    }
}
