package kontor.inventory;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kontor.catalog.StockCounts;
import kontor.catalog.StockCounts.Count;
import kontor.catalog.StockCounts.CountResult;
import kontor.database.Rows;
import kontor.database.Statements;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Repository;

@Repository
class StockStore {
    // In one statement, because on a hot article every round trip is a time that everybody waits: first the rows are
    // locked in their order, then those that have enough are updated, judged by what they are once locked.
    private static final String RESERVE = """
            WITH locked AS MATERIALIZED (
                SELECT variant_id
                FROM inventory.levels
                WHERE variant_id = ANY (?) AND location_id = 1
                ORDER BY variant_id
                FOR NO KEY UPDATE
            )
            UPDATE inventory.levels level
            SET reserved = level.reserved + wanted.quantity
            FROM locked JOIN unnest(?, ?) AS wanted (variant_id, quantity) USING (variant_id)
            WHERE level.variant_id = locked.variant_id AND level.location_id = 1
              AND level.on_hand - level.reserved >= wanted.quantity
            """;
    private static final String AVAILABLE = """
            SELECT variant_id, on_hand - reserved AS available
            FROM inventory.levels
            WHERE variant_id = ANY (?) AND location_id = 1
            """;
    private static final String AVAILABLE_LOCKED = AVAILABLE + "ORDER BY variant_id FOR NO KEY UPDATE";
    private static final String INSERT_HOLDS = """
            INSERT INTO inventory.holds (order_id, variant_id, location_id, quantity, state, expires_at)
            SELECT order_id, variant_id, 1, quantity, 'held', now() + seconds * interval '1 second'
            FROM unnest(?, ?, ?, ?) AS hold (order_id, variant_id, quantity, seconds)
            """;
    // The second of two who release the same hold waits for the first one's lock, sees it released, and frees nothing.
    private static final String RELEASE = """
            WITH mine AS MATERIALIZED (
                SELECT order_id, variant_id, location_id
                FROM inventory.holds
                WHERE order_id = ANY (?) AND state = 'held'
                ORDER BY order_id, variant_id, location_id
                FOR NO KEY UPDATE
            ), released AS (
                UPDATE inventory.holds hold
                SET state = 'released', expires_at = NULL
                FROM mine
                WHERE (hold.order_id, hold.variant_id, hold.location_id)
                    = (mine.order_id, mine.variant_id, mine.location_id) AND hold.state = 'held'
                RETURNING hold.variant_id, hold.location_id, hold.quantity
            ), freed AS MATERIALIZED (
                SELECT variant_id, location_id, sum(quantity)::bigint AS quantity
                FROM released
                GROUP BY variant_id, location_id
            ), locked AS MATERIALIZED (
                SELECT variant_id, location_id, freed.quantity
                FROM inventory.levels level JOIN freed USING (variant_id, location_id)
                ORDER BY variant_id, location_id
                FOR NO KEY UPDATE OF level
            ), updated AS (
                UPDATE inventory.levels level
                SET reserved = level.reserved - locked.quantity
                FROM locked
                WHERE (level.variant_id, level.location_id) = (locked.variant_id, locked.location_id)
            )
            SELECT count(*) FROM released
            """;
    // A level that is not there yet stands for nothing on hand.
    private static final String ADD = """
            INSERT INTO inventory.levels AS level (variant_id, location_id, on_hand)
            VALUES (?, ?, ?)
            ON CONFLICT (variant_id, location_id) DO UPDATE SET on_hand = level.on_hand + excluded.on_hand
            WHERE level.on_hand + excluded.on_hand <= ?
            RETURNING on_hand, reserved
            """;
    private static final String TAKE = """
            UPDATE inventory.levels
            SET on_hand = on_hand + ?
            WHERE variant_id = ? AND location_id = ? AND on_hand + ? >= reserved
            RETURNING on_hand, reserved
            """;
    private static final String INSERT_MOVEMENT = """
            INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
            VALUES (?, ?, ?, ?, ?)
            """;
    private static final String COUNT = """
            WITH counted AS MATERIALIZED (
                SELECT * FROM unnest(?, ?) AS counted (variant_id, on_hand)
            ), known AS MATERIALIZED (
                SELECT variant_id, level.on_hand, level.reserved, counted.on_hand AS counted
                FROM inventory.levels level JOIN counted USING (variant_id)
                WHERE level.location_id = 1
                ORDER BY variant_id
                FOR NO KEY UPDATE OF level
            ), updated AS (
                UPDATE inventory.levels level
                SET on_hand = known.counted
                FROM known
                WHERE level.variant_id = known.variant_id AND level.location_id = 1
                  AND known.counted <> known.on_hand AND known.counted >= known.reserved
                RETURNING level.variant_id, known.counted - known.on_hand AS delta
            ), inserted AS (
                INSERT INTO inventory.levels (variant_id, location_id, on_hand)
                SELECT variant_id, 1, on_hand
                FROM counted
                WHERE NOT EXISTS (SELECT FROM known WHERE known.variant_id = counted.variant_id)
                ORDER BY variant_id
                ON CONFLICT (variant_id, location_id) DO NOTHING
                RETURNING variant_id, on_hand AS delta
            ), moved AS (
                INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
                SELECT variant_id, 1, delta, ?, ?
                FROM (SELECT * FROM updated UNION ALL SELECT * FROM inserted) AS change
                WHERE delta <> 0
                ORDER BY variant_id
                RETURNING 1
            )
            SELECT (SELECT count(*) FROM moved) AS moved,
                   (SELECT count(*) FROM counted) = (SELECT count(*) FROM known) + (SELECT count(*) FROM inserted) AS all_met,
                   ARRAY(SELECT variant_id FROM known WHERE counted < reserved) AS below_reserved
            """;
    private static final String LEVEL = """
            SELECT coalesce(level.on_hand, 0) AS on_hand, coalesce(level.reserved, 0) AS reserved
            FROM inventory.locations location
            LEFT JOIN inventory.levels level ON level.location_id = location.id AND level.variant_id = ?
            WHERE location.id = ?
            """;

    private static final String LEVELS = """
            SELECT location.code, coalesce(level.on_hand, 0) AS on_hand, coalesce(level.reserved, 0) AS reserved
            FROM inventory.locations location
            LEFT JOIN inventory.levels level ON level.location_id = location.id AND level.variant_id = ?
            WHERE location.id = 1 OR level.variant_id IS NOT NULL
            ORDER BY location.id
            """;
    private static final String MOVEMENTS = """
            SELECT movement.id, location.code, delta, reason, order_id, actor, created_at
            FROM inventory.movements movement JOIN inventory.locations location ON location.id = movement.location_id
            WHERE variant_id = ? AND movement.id < ?
            ORDER BY movement.id DESC
            LIMIT ?
            """;
    private static final String INSERT_LOCATION = """
            INSERT INTO inventory.locations (code, name)
            VALUES (?, ?)
            ON CONFLICT (code) DO NOTHING
            RETURNING id, code, name
            """;
    private static final RowMapper<Location> LOCATION =
            (row, number) -> new Location(row.getInt("id"), row.getString("code"), row.getString("name"));

    private final JdbcTemplate jdbc;

    StockStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @return how many variants had enough */
    int reserve(long[] variantIds, long[] quantities) {
        return jdbc.update(RESERVE, variantIds, variantIds, quantities);
    }

    Map<Long, Long> available(long[] variantIds) {
        return available(AVAILABLE, variantIds);
    }

    Map<Long, Long> availableLocked(long[] variantIds) {
        return available(AVAILABLE_LOCKED, variantIds);
    }

    private Map<Long, Long> available(String sql, long[] variantIds) {
        var available = HashMap.<Long, Long>newHashMap(variantIds.length);
        RowCallbackHandler collect = row -> available.put(row.getLong(1), row.getLong(2));
        jdbc.query(sql, statement -> statement.setObject(1, variantIds), collect);
        return available;
    }

    void insertHolds(Statements statements, List<NewHold> holds) {
        statements.add(
                INSERT_HOLDS,
                Rows.of(holds)
                        .bigint(NewHold::orderId)
                        .bigint(NewHold::variantId)
                        .bigint(NewHold::quantity)
                        .nullableBigint(hold ->
                                hold.patience() == null ? null : hold.patience().toSeconds()));
    }

    void run(Statements statements) {
        statements.run(jdbc);
    }

    /** @return how many holds were released */
    int release(long[] orderIds) {
        var released = jdbc.queryForObject(RELEASE, Integer.class, (Object) orderIds);
        return released == null ? 0 : released;
    }

    /** @return null when the level bars it, and nothing was changed */
    @Nullable
    Level adjust(long variantId, Location location, long delta) {
        RowMapper<Level> level = (row, number) -> level(location, row);
        return DataAccessUtils.singleResult(
                delta > 0
                        ? jdbc.query(ADD, level, variantId, location.id(), delta, StockCounts.MOST)
                        : jdbc.query(TAKE, level, delta, variantId, location.id(), delta));
    }

    void insertMovement(long variantId, Location location, long delta, String reason, String actor) {
        jdbc.update(INSERT_MOVEMENT, variantId, location.id(), delta, reason, actor);
    }

    Level level(long variantId, Location location) {
        return jdbc.query(LEVEL, (row, number) -> level(location, row), variantId, location.id())
                .getFirst();
    }

    private static Level level(Location location, ResultSet row) throws SQLException {
        return new Level(location.code(), row.getLong("on_hand"), row.getLong("reserved"));
    }

    /** What one statement did. {@code allMet} is false when a level appeared while it ran: then it runs again. */
    private record Counted(int moved, boolean allMet, List<Long> belowReserved) {}

    CountResult count(List<Count> counts, String reason, String actor) {
        var variantIds = counts.stream().mapToLong(Count::variantId).toArray();
        var onHand = counts.stream().mapToLong(Count::onHand).toArray();
        for (var moved = 0; ; ) {
            var counted = jdbc.query(COUNT, StockStore::counted, variantIds, onHand, reason, actor)
                    .getFirst();
            moved += counted.moved;
            if (counted.allMet) return new CountResult(moved, counted.belowReserved);
        }
    }

    private static Counted counted(ResultSet row, int number) throws SQLException {
        return new Counted(row.getInt("moved"), row.getBoolean("all_met"), List.of((Long[])
                row.getArray("below_reserved").getArray()));
    }

    List<Level> levels(long variantId) {
        return jdbc.query(
                LEVELS,
                (row, number) -> new Level(row.getString("code"), row.getLong("on_hand"), row.getLong("reserved")),
                variantId);
    }

    List<Movement> movements(long variantId, long before, int most) {
        return jdbc.query(MOVEMENTS, StockStore::movement, variantId, before, most);
    }

    private static Movement movement(ResultSet row, int number) throws SQLException {
        return new Movement(
                row.getLong("id"),
                row.getString("code"),
                row.getLong("delta"),
                row.getString("reason"),
                row.getObject("order_id", Long.class),
                row.getString("actor"),
                row.getTimestamp("created_at").toInstant());
    }

    List<Location> locations() {
        return jdbc.query("SELECT id, code, name FROM inventory.locations ORDER BY id", LOCATION);
    }

    /** @return null when its code is taken */
    @Nullable
    Location insertLocation(NewLocation location) {
        return DataAccessUtils.singleResult(jdbc.query(INSERT_LOCATION, LOCATION, location.code(), location.name()));
    }
}
