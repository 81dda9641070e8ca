package kontor.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionStatus;

class RowsTest {
    private record Thing(
            long id,
            int count,
            boolean good,
            @Nullable Long parent,
            @Nullable String name,
            @Nullable String bytes,
            @Nullable Instant at,
            @Nullable LocalDate day,
            @Nullable String json) {
        static Thing of(long id) {
            return new Thing(id, 0, false, null, null, null, null, null, null);
        }
    }

    private final JdbcTransactionManager transactions =
            new JdbcTransactionManager(TestDatabase.database().pool());
    private final JdbcTemplate jdbc = new JdbcTemplate(TestDatabase.database().pool());
    private @Nullable TransactionStatus transaction;

    @BeforeEach
    void tables() {
        transaction = transactions.getTransaction(null);
        jdbc.execute("""
                CREATE TEMP TABLE things (id bigint PRIMARY KEY, count int, good boolean, parent bigint, name text,
                    bytes bytea, at timestamptz, day date, json jsonb) ON COMMIT DROP
                """);
        jdbc.execute("CREATE TEMP TABLE parts (thing bigint, name text) ON COMMIT DROP");
    }

    @AfterEach
    void rollBack() {
        if (transaction != null && !transaction.isCompleted()) transactions.rollback(transaction);
    }

    private int insert(List<Thing> things) {
        return Rows.of(things)
                .bigint(Thing::id)
                .integer(Thing::count)
                .bool(Thing::good)
                .nullableBigint(Thing::parent)
                .text(Thing::name)
                .bytea(thing -> thing.bytes() == null ? null : thing.bytes().getBytes(UTF_8))
                .timestamptz(Thing::at)
                .date(Thing::day)
                .jsonb(Thing::json)
                .update(jdbc, "INSERT INTO things SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }

    private List<Thing> stored() {
        return jdbc.query(
                "SELECT * FROM things ORDER BY id",
                (row, number) -> new Thing(
                        row.getLong("id"),
                        row.getInt("count"),
                        row.getBoolean("good"),
                        row.getObject("parent", Long.class),
                        row.getString("name"),
                        row.getBytes("bytes") == null ? null : new String(row.getBytes("bytes"), UTF_8),
                        row.getTimestamp("at") == null
                                ? null
                                : row.getTimestamp("at").toInstant(),
                        row.getObject("day", LocalDate.class),
                        row.getString("json")));
    }

    @Test
    void everyTypeArrivesAsItWasSent() {
        var full = new Thing(
                Long.MAX_VALUE,
                Integer.MIN_VALUE,
                true,
                -1L,
                "O'Brien, \"Ann\" {ä\\ü} NULL 漢",
                "\0bytes",
                Instant.parse("2026-11-24T01:02:03.456789Z"),
                LocalDate.of(2024, 2, 29),
                "{\"a\": [1, \"}\"]}");
        var bare = Thing.of(1);
        assertThat(insert(List.of(full, bare))).isEqualTo(2);
        assertThat(stored()).containsExactly(bare, full);
    }

    @Test
    void manyRowsGoInOneStatementAgainAndAgain() { // the driver changes its way of sending after a few
        for (var round = 0; round < 6; round++) {
            var first = round * 500L;
            var things =
                    IntStream.range(0, 500).mapToObj(i -> Thing.of(first + i)).toList();
            assertThat(insert(things)).isEqualTo(500);
        }
        assertThat(jdbc.queryForObject("SELECT count(*) FROM things", Long.class))
                .isEqualTo(3000);
    }

    @Test
    void noRowsAreFine() {
        assertThat(insert(List.of())).isZero();
    }

    @Test
    void oneStatementFillsSeveralTables() {
        record Part(long thing, String name) {}
        var parts = List.of(new Part(1, "a"), new Part(1, "b"), new Part(2, "c"));
        var counted = Rows.of(List.of(Thing.of(1), Thing.of(2)))
                .bigint(Thing::id)
                .and(Rows.of(parts).bigint(Part::thing).text(Part::name))
                .update(jdbc, """
                        WITH new_things AS (INSERT INTO things (id) SELECT * FROM unnest(?))
                        INSERT INTO parts SELECT * FROM unnest(?, ?)
                        """);
        assertThat(counted).isEqualTo(3);
        assertThat(stored()).extracting(Thing::id).containsExactly(1L, 2L);
    }

    @Test
    void aStatementMayAnswer() {
        var ids = Rows.of(List.of(Thing.of(7), Thing.of(8)))
                .bigint(Thing::id)
                .query(
                        jdbc,
                        "INSERT INTO things (id) SELECT * FROM unnest(?) RETURNING id * 10",
                        (row, number) -> row.getLong(1));
        assertThat(ids).containsExactlyInAnyOrder(70L, 80L);
    }

    @Test
    void takesPartInTheTransaction() {
        insert(List.of(Thing.of(1)));
        if (transaction != null) transactions.rollback(transaction);
        assertThatThrownBy(this::stored).hasMessageContaining("things"); // the table went with the transaction
    }

    @Test
    void aRefusalIsSpringsException() {
        assertThatThrownBy(() -> insert(List.of(Thing.of(1), Thing.of(1))))
                .isInstanceOf(DataIntegrityViolationException.class);
    }
}
