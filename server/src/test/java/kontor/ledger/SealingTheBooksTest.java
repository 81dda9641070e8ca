package kontor.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import kontor.audit.Audit;
import kontor.audit.Finding;
import kontor.database.DataFolder;
import kontor.database.Database;
import kontor.database.DatabaseSettings;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Books of their own for every test, without a server that would seal them meanwhile. */
class SealingTheBooksTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    Path folder;

    private String name;
    private Database database;
    private JdbcTemplate jdbc;
    private BookStore store;

    @BeforeEach
    void newBooks() {
        name = "seals" + NUMBER.incrementAndGet();
        var settings = new HashMap<>(TestDatabase.another(name));
        settings.put("kontor.db.connections", "10");
        database = Database.open(
                new Binder(new MapConfigurationPropertySource(settings))
                        .bindOrCreate("kontor.db", DatabaseSettings.class),
                DataFolder.at(folder));
        jdbc = new JdbcTemplate(database.pool());
        store = new BookStore(jdbc);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void sealsEverythingInBatchesThatCarryEachOthersHash() {
        post(1, 25);
        sealAll(10);
        var seals = store.seals(Long.MAX_VALUE, 10);
        assertThat(seals.stream().map(Seal::seq)).containsExactly(3L, 2L, 1L);
        assertThat(seals.stream().map(Seal::transactions)).containsExactly(5, 10, 10);
        assertThat(seals.get(0).previousHash()).isEqualTo(seals.get(1).hash());
        assertThat(seals.get(1).previousHash()).isEqualTo(seals.get(2).hash());
        assertThat(seals.get(2).previousHash()).isEqualTo("0".repeat(64));
        assertThat(seals.stream().map(Seal::hash))
                .doesNotHaveDuplicates()
                .allMatch(hash -> hash.matches("[0-9a-f]{64}"));
        assertThat(broken()).isEmpty();
    }

    @Test
    void nothingNewMakesNoSeal() {
        assertThat(store.seal(10)).isZero();
        post(1, 1);
        sealAll(10);
        assertThat(store.seal(10)).isZero();
        assertThat(store.seals(Long.MAX_VALUE, 10)).hasSize(1);
    }

    @Test
    void aLowerIdThatComesLaterIsSealedOnce() {
        post(5000, 5001);
        sealAll(10);
        post(7, 8);
        sealAll(10);
        assertThat(sealOf(5000)).isEqualTo(1);
        assertThat(sealOf(7)).isEqualTo(2);
        assertThat(count("ledger.sealed")).isEqualTo(4);
        assertThat(broken()).isEmpty();
    }

    @Test
    void nothingIsSealedPastATransactionThatMayStillCommit() throws SQLException {
        try (var slow = database.pool().getConnection()) {
            slow.setAutoCommit(false);
            post(on(slow), 7, 7);
            post(5000, 5000);
            assertThat(store.seal(10))
                    .as("what would be sealed now, 7 could not be put in order with")
                    .isZero();
            slow.commit();
        }
        sealAll(10);
        assertThat(sealOf(7)).isEqualTo(1);
        assertThat(sealOf(5000)).isEqualTo(1);
        assertThat(broken()).isEmpty();
    }

    @Test
    void whatIsRolledBackIsNotMissed() throws SQLException {
        try (var slow = database.pool().getConnection()) {
            slow.setAutoCommit(false);
            post(on(slow), 7, 7);
            slow.rollback();
        }
        post(8, 8);
        sealAll(10);
        assertThat(count("ledger.sealed")).isEqualTo(1);
        assertThat(broken()).isEmpty();
    }

    @Test
    void severalSealersAtOnceMakeOneChain() throws Exception {
        var work = new ArrayList<Callable<Integer>>();
        for (var server = 0; server < 4; server++) {
            var first = 1 + server * 1024L;
            work.add(() -> {
                for (var id = first; id < first + 100; id++) post(id, id);
                return 0;
            });
            work.add(() -> {
                for (var times = 0; times < 50; times++) store.seal(7);
                return 0;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(work)) assertThat(done.get()).isZero();
        }
        sealAll(100);
        assertThat(count("ledger.sealed")).isEqualTo(400);
        assertThat(jdbc.queryForObject("SELECT sum(transactions) FROM ledger.seals", Long.class))
                .isEqualTo(400);
        assertThat(broken()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE ledger.entries SET amount = amount * 2 WHERE transaction_id = 5                          | changed",
                "UPDATE ledger.entries SET account = 'revenue' WHERE transaction_id = 5 AND line = 1             | changed",
                "UPDATE ledger.entries SET currency = 'EUR' WHERE transaction_id = 5                             | changed",
                "UPDATE ledger.transactions SET posted_at = posted_at + interval '1 microsecond' WHERE id = 5    | changed",
                "UPDATE ledger.transactions SET kind = 'movement' WHERE id = 5                                   | changed",
                "UPDATE ledger.transactions SET source_id = 77 WHERE id = 5                                      | changed",
                "UPDATE ledger.transactions SET xact = xact + 1000000000 WHERE id = 5                            | changed",
                "DELETE FROM ledger.entries WHERE transaction_id = 5                                             | changed",
                "DELETE FROM ledger.entries WHERE transaction_id = 5 AND line = 2                                | changed",
                "INSERT INTO ledger.entries VALUES (5, 3, 'bank', 'GBP', 1), (5, 4, 'bank', 'GBP', -1)           | changed",
                "DELETE FROM ledger.transactions WHERE id = 5                                                    | removed",
                "UPDATE ledger.sealed SET digest = sha256('') WHERE transaction_id = 5                           | changed",
                "DELETE FROM ledger.sealed WHERE transaction_id = 5                                              | put in behind the seals",
            })
    void whateverIsDoneToASealedTransactionIsFoundAndNamed(String tampering, String what) throws SQLException {
        post(1, 10);
        sealAll(4);
        tamper(tampering);
        var found = finding("ledger_is_as_it_was_sealed");
        assertThat(found.violations()).isEqualTo(1);
        assertThat(found.rows().getFirst().get("transaction_id")).hasToString("5");
        assertThat(found.rows().getFirst().get("what")).isEqualTo(what);
    }

    @Test
    void aTransactionThatIsPutInBehindTheSealsIsFoundAndNamed() throws SQLException {
        post(1, 10);
        sealAll(4);
        tamper("""
                INSERT INTO ledger.transactions SELECT 11, NULL, 'adjustment', 11, 'movement', now(), xact - 1
                FROM ledger.transactions WHERE id = 3;
                INSERT INTO ledger.entries VALUES (11, 1, 'bank', 'GBP', 5), (11, 2, 'suspense', 'GBP', -5)
                """);
        var found = finding("ledger_is_as_it_was_sealed");
        assertThat(found.rows()).singleElement().satisfies(row -> {
            assertThat(row.get("transaction_id")).hasToString("11");
            assertThat(row.get("what")).isEqualTo("put in behind the seals");
        });
        post(12, 12);
        sealAll(4);
        assertThat(finding("ledger_is_as_it_was_sealed").violations())
                .as("sealing on does not cover it up")
                .isEqualTo(1);
    }

    @Test
    void aTransactionThatIsMovedBehindItsSealStopsNobodyFromSealing() throws SQLException {
        post(1, 10);
        sealAll(4);
        tamper("UPDATE ledger.transactions SET xact = (SELECT max(xact) FROM ledger.transactions) + 1 WHERE id = 5");
        post(11, 12);
        sealAll(4);
        assertThat(sealOf(12)).isEqualTo(4);
        assertThat(sealOf(5)).isEqualTo(2);
        assertThat(broken()).containsExactly("ledger_is_as_it_was_sealed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ledger.seals SET hash = sha256('') WHERE seq = 2",
                "UPDATE ledger.seals SET sealed_at = now() WHERE seq = 2",
                "UPDATE ledger.seals SET previous_hash = sha256('') WHERE seq = 2",
                "UPDATE ledger.seals SET until_id = until_id - 1 WHERE seq = 2",
                "DELETE FROM ledger.seals WHERE seq = 2",
                "UPDATE ledger.sealed SET seq = 3 WHERE seq = 2",
                "DELETE FROM ledger.sealed WHERE seq = 2",
                // the transaction and its digest, both forged
                """
                UPDATE ledger.transactions SET kind = 'movement' WHERE id = 5;
                UPDATE ledger.sealed SET digest = digests.digest
                FROM ledger.digests WHERE digests.transaction_id = 5 AND sealed.transaction_id = 5
                """
            })
    void aForgedSealIsFoundAndNamed(String tampering) throws SQLException {
        post(1, 12);
        sealAll(4);
        tamper(tampering);
        assertThat(finding("ledger_seals_are_a_chain").rows())
                .anySatisfy(row -> assertThat(row.get("seal")).hasToString("2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ledger.seals SET hash = sha256('')",
                "DELETE FROM ledger.seals",
                "TRUNCATE ledger.seals",
                "UPDATE ledger.sealed SET seq = 2",
                "DELETE FROM ledger.sealed",
                "DELETE FROM ledger.transactions",
                "UPDATE ledger.entries SET amount = 5",
                "DELETE FROM ledger.adjustments",
                "UPDATE ledger.adjustments SET note = 'x'",
                "DELETE FROM ledger.accounts WHERE code = 'suspense'",
                "TRUNCATE ledger.accounts",
            })
    void neitherTheServerNorTheOwnerOfTheTablesCanChangeThem(String statement) {
        post(1, 1);
        sealAll(10);
        assertRefused(jdbc, statement);
        assertRefused(new JdbcTemplate(owner()), statement);
        assertThat(broken()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO ledger.seals VALUES (9, sha256(''), sha256(''), 0, 0, 0, now())",
                "INSERT INTO ledger.sealed VALUES (9, 9, sha256(''))",
                "INSERT INTO ledger.balances VALUES ('bank', 'GBP', 5, 5)",
                "UPDATE ledger.balances SET debits = 5",
                "INSERT INTO ledger.transactions VALUES (9, NULL, 'adjustment', 9, 'movement', now(), 1)",
                "INSERT INTO ledger.accounts (code, name, kind, created_at) VALUES ('x', 'x', 'asset', now())",
                "UPDATE ledger.accounts SET name = 'x'",
            })
    void theServerCannotWriteWhatTheDatabaseWritesForIt(String statement) {
        assertRefused(jdbc, statement);
    }

    @Test
    void aDatabaseWhoseTransactionsCountAnewIsNotSealedUntilItsOwnerSaysWhereToGoOn() {
        countFrom(1_000_000_000);
        post(1, 3);
        sealAll(10);
        countFrom(0); // as after a dump was loaded into a new PostgreSQL
        assertThatThrownBy(() -> store.seal(10))
                .hasMessageContaining("below the")
                .hasMessageContaining("Was a dump");
        assertThat(count("ledger.seals")).isEqualTo(1);
        countFrom(2_000_000_000);
        post(4, 6);
        sealAll(10);
        assertThat(sealOf(6)).isEqualTo(2);
        assertThat(broken()).isEmpty();
    }

    @Test
    void theBalancesAreTheSumsWhateverIsSealed() {
        post(1, 10);
        assertThat(store.sums()).isEqualTo(store.sumsUntil(Instant.now())).hasSize(2);
        sealAll(3);
        assertThat(store.countUnsealed()).isZero();
        post(11, 15);
        assertThat(store.countUnsealed()).isEqualTo(5);
        assertThat(store.sums()).isEqualTo(store.sumsUntil(Instant.now()));
        assertThat(store.sums().getFirst().balance().debits().minorUnits()).isEqualTo(15 * 100 + 120);
        assertThat(broken()).isEmpty();
    }

    @Test
    void aBalanceThatIsNotTheSumIsNamed() throws SQLException {
        post(1, 10);
        sealAll(10);
        tamper("UPDATE ledger.balances SET credits = credits + 1 WHERE account = 'suspense'");
        assertThat(finding("ledger_balances_are_sums").rows())
                .singleElement()
                .satisfies(row -> assertThat(row.get("account")).isEqualTo("suspense"));
    }

    /** Transactions of 100 plus their id each, from the suspense account to the bank's. */
    private void post(long first, long last) {
        try (var connection = database.pool().getConnection()) {
            post(on(connection), first, last);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JdbcTemplate on(Connection connection) {
        return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    private static void post(JdbcTemplate jdbc, long first, long last) {
        jdbc.update("""
                WITH posted AS (
                    INSERT INTO ledger.adjustments (id, note, actor)
                    SELECT id, 'test', 'user:1' FROM generate_series(?, ?) AS id
                    RETURNING id
                ), transactions AS (
                    INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
                    SELECT id, NULL, 'adjustment', id, 'write_off', now() FROM posted
                )
                INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
                SELECT id, line, CASE line WHEN 1 THEN 'bank' ELSE 'suspense' END, 'GBP', (100 + id) * (3 - 2 * line)
                FROM posted, generate_series(1, 2) AS line
                """, first, last);
    }

    /** Also other databases' transactions are waited for: those of tests beside this one. */
    private void sealAll(int batch) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            while (store.seal(batch) > 0) Thread.onSpinWait();
            return store.countUnsealed() == 0;
        });
    }

    private void tamper(String statements) throws SQLException {
        try (var connection = TestDatabase.superuserOf(name).getConnection();
                var statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(statements);
        }
    }

    private DataSource owner() {
        return new DelegatingDataSource(TestDatabase.superuserOf(name)) {
            @Override
            public Connection getConnection() throws SQLException {
                var connection = super.getConnection();
                try (var statement = connection.createStatement()) {
                    statement.execute("SET ROLE kontor_owner");
                }
                return connection;
            }
        };
    }

    private void countFrom(long before) {
        new JdbcTemplate(owner()).execute("""
                CREATE OR REPLACE FUNCTION ledger.xact_number(xact xid8) RETURNS bigint LANGUAGE sql STABLE
                RETURN xact::text::bigint + %d
                """.formatted(before));
    }

    private static void assertRefused(JdbcTemplate jdbc, String statement) {
        assertThatThrownBy(() -> jdbc.execute(statement))
                .rootCause()
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).as(statement).isEqualTo("42501"));
    }

    private long sealOf(long transaction) {
        return store.find(transaction).map(LedgerTransaction::seal).orElseThrow();
    }

    private long count(String table) {
        var count = jdbc.queryForObject("SELECT count(*) FROM " + table, Long.class);
        return count == null ? 0 : count;
    }

    private List<String> broken() {
        return findings().stream()
                .filter(finding -> !finding.holds())
                .map(finding -> finding.invariant().id())
                .toList();
    }

    private Finding finding(String invariant) {
        return findings().stream()
                .filter(finding -> finding.invariant().id().equals(invariant))
                .findFirst()
                .orElseThrow();
    }

    private List<Finding> findings() {
        try {
            return new Audit().run(database.pool(), 1, _ -> {}).findings();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
