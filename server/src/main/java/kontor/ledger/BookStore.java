package kontor.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kontor.database.Rows;
import kontor.ledger.AccountStatement.Line;
import kontor.ledger.LedgerTransaction.Side;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Repository;

/** The books in the database: everything but the postings of orders, which {@link Ledger} writes. */
@Repository
class BookStore {
    // What the balances hold, and what was posted behind the newest seal: both as one statement sees them. Without the
    // OFFSET the planner, which cannot know how little that is, would read all entries there are.
    private static final String SUMS = """
            WITH newest AS MATERIALIZED (
                SELECT until_xact, until_id FROM ledger.seals ORDER BY seq DESC LIMIT 1
            ), unsealed AS (
                SELECT account, currency,
                       coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits,
                       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS credits
                FROM ledger.transactions, LATERAL (
                    SELECT account, currency, amount FROM ledger.entries WHERE transaction_id = transactions.id OFFSET 0
                ) AS entry
                WHERE (xact, id) > (coalesce((SELECT until_xact FROM newest), -1), coalesce((SELECT until_id FROM newest), 0))
                GROUP BY account, currency
            )
            SELECT account, currency, sum(debits)::bigint AS debits, sum(credits)::bigint AS credits
            FROM (SELECT account, currency, debits, credits FROM ledger.balances
                  UNION ALL SELECT account, currency, debits, credits FROM unsealed) AS part
            GROUP BY account, currency
            ORDER BY account, currency
            """;
    private static final String SUMS_UNTIL = """
            SELECT account, currency,
                   coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint AS debits,
                   coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint AS credits
            FROM ledger.transactions JOIN ledger.entries ON transaction_id = transactions.id
            WHERE posted_at <= ?
            GROUP BY account, currency
            ORDER BY account, currency
            """;
    private static final String ACCOUNTS = """
            SELECT code, name, kind, created_by IS NULL AS system FROM ledger.accounts ORDER BY code
            """;
    private static final String INSERT_ACCOUNT = """
            INSERT INTO ledger.accounts (code, name, kind, created_by)
            VALUES (?, ?, ?, ?)
            ON CONFLICT (code) DO NOTHING
            """;
    // The condition of the index entries_of_rare_accounts, which these accounts are not in.
    private static final Set<String> BUSY =
            Set.of("revenue", "shipping_revenue", "tax_payable", "gateway_clearing", "receivables");
    private static final String RARE = """
             AND account NOT IN ('revenue', 'shipping_revenue', 'tax_payable', 'gateway_clearing', 'receivables')
            """;
    // The condition of the index transactions_of_rare_kinds.
    private static final Set<String> BUSY_KINDS = Set.of("invoice", "capture");
    private static final String RARE_KIND = " AND kind NOT IN ('invoice', 'capture')";
    private static final String TRANSACTIONS = """
            SELECT transactions.id, transactions.order_id, source_type, source_id, kind, posted_at, note, actor, seq
            FROM ledger.transactions
            LEFT JOIN ledger.adjustments ON source_type = 'adjustment' AND adjustments.id = source_id
            LEFT JOIN ledger.sealed ON sealed.transaction_id = transactions.id
            """;
    private static final String INSERT_ADJUSTMENT = """
            INSERT INTO ledger.adjustments (id, note, actor) VALUES (?, ?, ?)
            """;
    private static final String INSERT_TRANSACTION = """
            INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
            VALUES (?, NULL, 'adjustment', ?, ?, now())
            """;
    private static final String SEALS = """
            SELECT seq, encode(hash, 'hex') AS hash, encode(previous_hash, 'hex') AS previous_hash, transactions, sealed_at
            FROM ledger.seals
            WHERE seq < ?
            ORDER BY seq DESC
            LIMIT ?
            """;

    private final JdbcTemplate jdbc;

    BookStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** What the entries of an account come to in a currency. */
    record Sum(String account, Currency currency, Balance balance) {}

    List<Sum> sums() {
        return jdbc.query(SUMS, BookStore::sum);
    }

    List<Sum> sumsUntil(Instant at) {
        return jdbc.query(SUMS_UNTIL, BookStore::sum, at.atOffset(ZoneOffset.UTC));
    }

    private static Sum sum(ResultSet row, int number) throws SQLException {
        var currency = Currency.getInstance(row.getString("currency"));
        return new Sum(
                row.getString("account"),
                currency,
                Balance.of(row.getLong("debits"), row.getLong("credits"), currency));
    }

    List<LedgerAccount> accounts() {
        var balances = new HashMap<String, List<Balance>>();
        for (var sum : sums())
            balances.computeIfAbsent(sum.account(), _ -> new ArrayList<>()).add(sum.balance());
        return jdbc.query(
                ACCOUNTS,
                (row, number) -> new LedgerAccount(
                        row.getString("code"),
                        row.getString("name"),
                        AccountKind.of(row.getString("kind")),
                        row.getBoolean("system"),
                        balances.getOrDefault(row.getString("code"), List.of())));
    }

    /** @return false when its code is taken */
    boolean insertAccount(NewAccount account, String actor) {
        return jdbc.update(
                        INSERT_ACCOUNT,
                        account.code(),
                        account.name(),
                        account.kind().code(),
                        actor)
                == 1;
    }

    /** @param beforeTransaction and beforeLine: the entry that the page begins behind */
    List<Line> entries(String account, long beforeTransaction, int beforeLine, int most) {
        return jdbc.query(
                """
                SELECT transaction_id, line, order_id, kind, currency, amount, posted_at
                FROM ledger.entries JOIN ledger.transactions ON id = transaction_id
                WHERE account = ? AND (transaction_id, line) < (?, ?)
                """ + (BUSY.contains(account) ? "" : RARE) + """
                ORDER BY transaction_id DESC, line DESC
                LIMIT ?
                """,
                (row, number) -> new Line(
                        row.getLong("transaction_id"),
                        row.getInt("line"),
                        row.getObject("order_id", Long.class),
                        row.getString("kind"),
                        Money.of(row.getLong("amount"), row.getString("currency")),
                        row.getTimestamp("posted_at").toInstant()),
                account,
                beforeTransaction,
                beforeLine,
                most);
    }

    /** @param before the id that the page begins behind */
    List<LedgerTransaction> transactions(TransactionFilter filter, long before, int most) {
        var where = new StringBuilder("WHERE transactions.id < ?");
        var values = new ArrayList<Object>(List.of(before));
        if (filter.orderId() != null) add(where, values, " AND transactions.order_id = ?", filter.orderId());
        if (filter.kind() != null) {
            add(where, values, " AND kind = ?", filter.kind());
            if (!BUSY_KINDS.contains(filter.kind())) where.append(RARE_KIND);
        }
        if (filter.from() != null)
            add(where, values, " AND posted_at >= ?", filter.from().atOffset(ZoneOffset.UTC));
        if (filter.to() != null)
            add(where, values, " AND posted_at < ?", filter.to().atOffset(ZoneOffset.UTC));
        if (filter.account() != null) {
            var entries = " AND transactions.id IN (SELECT transaction_id FROM ledger.entries WHERE account = ?"
                    + (BUSY.contains(filter.account()) ? "" : RARE);
            add(where, values, entries + ")", filter.account());
        }
        values.add(most);
        return transactions(where + " ORDER BY transactions.id DESC LIMIT ?", values.toArray());
    }

    private static void add(StringBuilder where, List<Object> values, String condition, Object value) {
        where.append(condition);
        values.add(value);
    }

    Optional<LedgerTransaction> find(long id) {
        return transactions("WHERE transactions.id = ?", id).stream().findFirst();
    }

    private List<LedgerTransaction> transactions(String which, Object... values) {
        var found = jdbc.query(TRANSACTIONS + which, BookStore::withoutEntries, values);
        if (found.isEmpty()) return List.of();
        var sides = entriesOf(found);
        return found.stream().map(each -> with(sides, each)).toList();
    }

    private static LedgerTransaction withoutEntries(ResultSet row, int number) throws SQLException {
        return new LedgerTransaction(
                row.getLong("id"),
                row.getObject("order_id", Long.class),
                row.getString("source_type"),
                row.getLong("source_id"),
                row.getString("kind"),
                row.getTimestamp("posted_at").toInstant(),
                List.of(),
                row.getString("note"),
                row.getString("actor"),
                row.getObject("seq", Long.class));
    }

    private static LedgerTransaction with(Map<Long, List<Side>> sides, LedgerTransaction found) {
        return new LedgerTransaction(
                found.id(),
                found.orderId(),
                found.sourceType(),
                found.sourceId(),
                found.kind(),
                found.postedAt(),
                sides.getOrDefault(found.id(), List.of()),
                found.note(),
                found.actor(),
                found.seal());
    }

    private Map<Long, List<Side>> entriesOf(List<LedgerTransaction> transactions) {
        var sides = new HashMap<Long, List<Side>>();
        RowCallbackHandler collect = row -> sides.computeIfAbsent(row.getLong("transaction_id"), _ -> new ArrayList<>())
                .add(new Side(
                        row.getInt("line"),
                        row.getString("account"),
                        Money.of(row.getLong("amount"), row.getString("currency"))));
        var ids = transactions.stream().mapToLong(LedgerTransaction::id).toArray();
        jdbc.query("""
                SELECT transaction_id, line, account, currency, amount
                FROM ledger.entries
                WHERE transaction_id = ANY (?)
                ORDER BY transaction_id, line
                """, statement -> statement.setObject(1, ids), collect);
        return sides;
    }

    /** The reason first, then its posting; the entries by one statement, whose sum the database checks. */
    void insertAdjustment(long transactionId, long id, NewAdjustment adjustment, String actor) {
        jdbc.update(INSERT_ADJUSTMENT, id, adjustment.note(), actor);
        jdbc.update(INSERT_TRANSACTION, transactionId, id, adjustment.kind().code());
        Rows.of(adjustment.entries())
                .text(NewAdjustment.Side::account)
                .text(side -> side.amount().currency().getCurrencyCode())
                .bigint(side -> side.amount().amount())
                .update(jdbc, """
                        INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
                        SELECT %d, line, account, currency, amount
                        FROM unnest(?, ?, ?) WITH ORDINALITY AS side (account, currency, amount, line)
                        """.formatted(transactionId));
    }

    /** @param before the number that the page begins behind */
    List<Seal> seals(long before, int most) {
        return jdbc.query(
                SEALS,
                (row, number) -> new Seal(
                        row.getLong("seq"),
                        row.getString("hash"),
                        row.getString("previous_hash"),
                        row.getInt("transactions"),
                        row.getTimestamp("sealed_at").toInstant()),
                before,
                most);
    }

    /** Seals the oldest transactions that are not sealed, at most so many. @return how many there were */
    int seal(int most) {
        var sealed = jdbc.queryForObject("SELECT ledger.seal(?)", Integer.class, most);
        return sealed == null ? 0 : sealed;
    }

    long countUnsealed() {
        @Nullable Long count = jdbc.queryForObject("""
                SELECT count(*)
                FROM ledger.transactions
                WHERE (xact, id) > (coalesce((SELECT until_xact FROM ledger.seals ORDER BY seq DESC LIMIT 1), -1),
                                    coalesce((SELECT until_id FROM ledger.seals ORDER BY seq DESC LIMIT 1), 0))
                """, Long.class);
        return count == null ? 0 : count;
    }
}
