package kontor.idempotency;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kontor.database.Rows;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

@Repository
class IdempotencyStore {
    private final JdbcTemplate jdbc;

    IdempotencyStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** A key without its fingerprint, to look others up by. */
    record Name(String principal, String route, String key) {
        static Name of(RequestKey key) {
            return new Name(key.principal(), key.route(), key.key());
        }
    }

    /** Inserts the keys that are new, waiting for transactions that are about to insert the same. @return the new ones */
    Set<Name> insert(List<Claim> claims) {
        return new HashSet<>(Rows.of(claims)
                .text(claim -> claim.key().principal())
                .text(claim -> claim.key().route())
                .text(claim -> claim.key().key())
                .bytea(claim -> claim.key().fingerprint())
                .nullableBigint(claim ->
                        claim.answer() == null ? null : (long) claim.answer().status())
                .text(claim -> claim.answer() == null ? null : claim.answer().location())
                .text(claim -> claim.answer() == null ? null : claim.answer().etag())
                .bytea(claim -> claim.answer() == null ? null : claim.answer().body())
                .nullableBigint(Claim::orderId)
                .query(jdbc, """
                        INSERT INTO idempotency.keys
                            (principal, route, key, fingerprint, status, location, etag, answer, order_id)
                        SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        RETURNING principal, route, key
                        """, (row, number) -> new Name(row.getString(1), row.getString(2), row.getString(3))));
    }

    Map<Name, Recorded> find(List<RequestKey> keys) {
        var found = new HashMap<Name, Recorded>();
        Rows.of(keys)
                .text(RequestKey::principal)
                .text(RequestKey::route)
                .text(RequestKey::key)
                .query(
                        jdbc,
                        """
                        SELECT asked.*, fingerprint, status, location, etag, answer, order_id
                        FROM unnest(?, ?, ?) AS asked (principal, route, key)
                        JOIN idempotency.keys ON keys.id = idempotency.id_of(asked.principal, asked.route, asked.key)
                        """,
                        (row, number) -> found.put(
                                new Name(row.getString("principal"), row.getString("route"), row.getString("key")),
                                recorded(row)));
        return found;
    }

    private static Recorded recorded(ResultSet row) throws SQLException {
        var status = row.getInt("status");
        var answered = !row.wasNull();
        var orderId = row.getLong("order_id");
        var madeOrder = !row.wasNull();
        return new Recorded(
                row.getBytes("fingerprint"),
                answered
                        ? new Answer(status, row.getString("location"), row.getString("etag"), row.getBytes("answer"))
                        : null,
                madeOrder ? orderId : null);
    }

    /** Adds the answer to a request that had none yet; the first one stays. */
    void answer(List<Claim> answered) {
        Rows.of(answered)
                .text(claim -> claim.key().principal())
                .text(claim -> claim.key().route())
                .text(claim -> claim.key().key())
                .nullableBigint(claim ->
                        claim.answer() == null ? null : (long) claim.answer().status())
                .text(claim -> claim.answer() == null ? null : claim.answer().location())
                .text(claim -> claim.answer() == null ? null : claim.answer().etag())
                .bytea(claim -> claim.answer() == null ? null : claim.answer().body())
                .update(jdbc, """
                        UPDATE idempotency.keys
                        SET status = given.status, location = given.location, etag = given.etag, answer = given.answer
                        FROM unnest(?, ?, ?, ?, ?, ?, ?) AS given (principal, route, key, status, location, etag, answer)
                        WHERE keys.id = idempotency.id_of(given.principal, given.route, given.key)
                          AND keys.status IS NULL
                        """);
    }

    void forgetAbout(List<String> subjects) {
        jdbc.query("SELECT idempotency.forget_about(?)", row -> {}, (Object) subjects.toArray(String[]::new));
    }

    void forget(String principal) {
        jdbc.query("SELECT idempotency.forget(?)", row -> {}, principal);
    }
}
