package kontor.reconciliation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import kontor.database.Rows;
import kontor.money.Money;
import kontor.payments.BalancePage;
import kontor.payments.GatewayBooks.Named;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The lines of gateways' books, how far they were read, and which facts of ours say the same. */
@Repository
class LineStore {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    LineStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    /** A line as it was read, with what its key names. */
    record Read(BalancePage.Line line, @Nullable Named named) {}

    void addGateway(String gateway) {
        client.sql("INSERT INTO reconciliation.gateways (gateway) VALUES (:gateway) ON CONFLICT DO NOTHING")
                .param("gateway", gateway)
                .update();
    }

    /** Where reading goes on; empty for the beginning. */
    Optional<String> cursor(String gateway) {
        return client.sql(
                        "SELECT last_line FROM reconciliation.gateways WHERE gateway = :gateway AND last_line IS NOT NULL")
                .param("gateway", gateway)
                .query(String.class)
                .optional();
    }

    /** Lets others who work on this gateway wait until the transaction ends. */
    void lock(String gateway) {
        client.sql("SELECT gateway FROM reconciliation.gateways WHERE gateway = :gateway FOR UPDATE")
                .param("gateway", gateway)
                .query(String.class)
                .single();
    }

    /** @return false when another run has read on from there before */
    boolean moveCursor(String gateway, @Nullable String from, BalancePage.Line last) {
        return client.sql("""
                        UPDATE reconciliation.gateways SET last_line = :to, last_line_at = :at::timestamptz
                        WHERE gateway = :gateway AND last_line IS NOT DISTINCT FROM :from
                        """)
                        .param("gateway", gateway)
                        .param("from", from)
                        .param("to", last.id())
                        .param("at", last.at().toString())
                        .update()
                == 1;
    }

    void readToEnd(String gateway) {
        client.sql("""
                        UPDATE reconciliation.gateways SET books = 'read', reason = NULL, read_at = now()
                        WHERE gateway = :gateway
                        """).param("gateway", gateway).update();
    }

    void notRead(String gateway, String books, String reason) {
        client.sql("UPDATE reconciliation.gateways SET books = :books, reason = :reason WHERE gateway = :gateway")
                .param("gateway", gateway)
                .param("books", books)
                .param("reason", reason)
                .update();
    }

    /** @return those that were not here yet */
    List<BookLine> insert(String gateway, List<Read> lines) {
        return Rows.of(lines)
                .text(_ -> gateway)
                .text(read -> read.line().id())
                .text(read -> read.line().kind().code())
                .text(read -> read.line().amount().currency().getCurrencyCode())
                .bigint(read -> read.line().amount().minorUnits())
                .bigint(read -> read.line().fee())
                .timestamptz(read -> read.line().at())
                .timestamptz(read -> read.line().availableAt())
                .text(read -> read.line().paymentReference())
                .text(read -> read.line().source())
                .text(read -> read.line().operationKey())
                .nullableBigint(
                        read -> read.named() == null ? null : read.named().orderId())
                .nullableBigint(
                        read -> read.named() == null ? null : read.named().operationId())
                .query(jdbc, """
                        INSERT INTO reconciliation.balance_lines (gateway, line_id, kind, currency, amount, fee, at, available_at,
                            payment_reference, source, operation_key, key_order_id, key_operation_id, state)
                        SELECT *, CASE WHEN kind IN ('payout', 'fee') THEN 'matched' ELSE 'waiting' END
                        FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                            AS line (gateway, line_id, kind, currency, amount, fee, at, available_at, payment_reference,
                                     source, operation_key, key_order_id, key_operation_id)
                        ON CONFLICT (gateway, line_id) DO NOTHING
                        RETURNING *
                        """, (row, number) -> line(row));
    }

    /** Lines that were read again and say something else now, by the gateway's names. */
    List<String> changed(String gateway, List<Read> lines) {
        return Rows.of(lines)
                .text(read -> read.line().id())
                .text(read -> read.line().amount().currency().getCurrencyCode())
                .bigint(read -> read.line().amount().minorUnits())
                .bigint(read -> read.line().fee())
                .text(_ -> gateway)
                .query(jdbc, """
                        SELECT line_id
                        FROM unnest(?, ?, ?, ?, ?) AS now (line_id, currency, amount, fee, gateway)
                        JOIN reconciliation.balance_lines AS before USING (gateway, line_id)
                        WHERE (before.currency, before.amount, before.fee) <> (now.currency, now.amount, now.fee)
                        """, (row, number) -> row.getString(1));
    }

    /**
     * Lines that nothing was found for yet, and whose breaks nobody has resolved. What is known by now of whom they are
     * about is written down with it.
     */
    List<BookLine> undecided(String gateway, long after, int limit) {
        return client.sql("""
                        WITH undecided AS (
                            SELECT line.id, coalesce(line.order_id, named.order_id, known.order_id) AS about_order,
                                   coalesce(line.payment_id, named.payment_id, known.payment_id) AS about_payment
                            FROM reconciliation.balance_lines AS line
                            LEFT JOIN payments.operations AS named
                                ON named.order_id = line.key_order_id AND named.id = line.key_operation_id
                                   AND named.gateway = line.gateway
                            LEFT JOIN LATERAL (
                                SELECT order_id, payment_id FROM payments.operations
                                WHERE operations.gateway = line.gateway AND gateway_reference = line.payment_reference
                                LIMIT 1
                            ) AS known ON true
                            WHERE line.gateway = :gateway AND line.id > :after AND line.state <> 'matched'
                              AND (line.state = 'waiting' OR EXISTS (
                                  SELECT FROM reconciliation.breaks WHERE breaks.line = line.id AND resolved_at IS NULL))
                            ORDER BY line.id
                            LIMIT :limit
                        )
                        UPDATE reconciliation.balance_lines AS line SET order_id = about_order, payment_id = about_payment
                        FROM undecided WHERE undecided.id = line.id
                        RETURNING line.*
                        """)
                .param("gateway", gateway)
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> line(row))
                .list();
    }

    /** A payment here that lines are about. */
    record About(long orderId, long paymentId) {}

    List<BookLine> linesOf(String gateway, Collection<About> payments) {
        return of(payments).text(_ -> gateway).query(jdbc, """
                        SELECT line.*
                        FROM unnest(?, ?, ?) AS about (order_id, payment_id, gateway)
                        JOIN reconciliation.balance_lines AS line USING (order_id, payment_id, gateway)
                        ORDER BY line.id
                        """, (row, number) -> line(row));
    }

    List<BookedFact> factsOf(String gateway, Collection<About> payments) {
        return of(payments).text(_ -> gateway).query(jdbc, """
                        WITH about AS (SELECT * FROM unnest(?, ?, ?) AS about (order_id, payment_id, gateway)),
                        fact AS (
                            SELECT 'operation' AS source_type, id AS source_id, order_id, payment_id, id AS operation_id,
                                   own_reference AS reference
                            FROM about JOIN payments.operations USING (order_id, payment_id, gateway)
                            UNION ALL
                            SELECT 'dispute', id, order_id, payment_id, NULL, reference
                            FROM about JOIN payments.disputes USING (order_id, payment_id, gateway)
                        )
                        SELECT transactions.id, kind, fact.order_id, payment_id, operation_id, reference, currency, amount,
                               matches.transaction_id IS NOT NULL AS matched
                        FROM fact
                        JOIN ledger.transactions USING (order_id, source_type, source_id)
                        JOIN ledger.entries ON entries.transaction_id = transactions.id AND account = 'gateway_clearing'
                        LEFT JOIN reconciliation.matches ON matches.transaction_id = transactions.id
                        ORDER BY transactions.id
                        """, (row, number) -> fact(row));
    }

    /** Those of these payments that have a question open, so that what is not booked may still be. */
    List<About> withOpenQuestions(Collection<About> payments) {
        return of(payments).query(jdbc, """
                        SELECT DISTINCT order_id, payment_id
                        FROM unnest(?, ?) AS about (order_id, payment_id)
                        JOIN payments.operations USING (order_id, payment_id)
                        WHERE state IN ('intent', 'unknown', 'waiting')
                        """, (row, number) -> new About(row.getLong(1), row.getLong(2)));
    }

    private static Rows<About> of(Collection<About> payments) {
        return Rows.of(List.copyOf(payments)).bigint(About::orderId).bigint(About::paymentId);
    }

    /** @param suspended minor units of it that are booked to suspense now */
    void decide(BookLine line, BookLine.State state, long suspended) {
        client.sql("UPDATE reconciliation.balance_lines SET state = :state, suspended = :suspended WHERE id = :id")
                .param("id", line.id())
                .param("state", state.name().toLowerCase(Locale.ROOT))
                .param("suspended", suspended)
                .update();
    }

    void match(BookedFact fact, BookLine line) {
        client.sql("INSERT INTO reconciliation.matches (transaction_id, line) VALUES (:fact, :line)")
                .param("fact", fact.transactionId())
                .param("line", line.id())
                .update();
    }

    /**
     * Money at a gateway that was taken for an order of ours which is not here any more.
     *
     * @param left what is left of it there: charges less what was given back, in minor units
     */
    record Unowned(
            long line,
            String gateway,
            String lineId,
            String paymentReference,
            Money left,
            @Nullable String key) {}

    /** One for each payment: its first charge stands for it. */
    List<Unowned> unowned() {
        return client.sql("""
                        SELECT DISTINCT ON (charge.gateway, charge.payment_reference) charge.id, charge.gateway, charge.line_id,
                               charge.payment_reference, charge.currency, charge.refund_key, total.left
                        FROM reconciliation.balance_lines AS charge
                        JOIN reconciliation.breaks ON breaks.line = charge.id AND resolved_at IS NULL
                        CROSS JOIN LATERAL (
                            SELECT sum(amount)::bigint AS left FROM reconciliation.balance_lines AS other
                            WHERE other.gateway = charge.gateway AND other.payment_reference = charge.payment_reference
                        ) AS total
                        WHERE breaks.kind = 'missing_here' AND charge.kind = 'charge' AND charge.state = 'suspended'
                          AND charge.order_id IS NULL AND key_order_id IS NOT NULL AND total.left > 0
                        ORDER BY charge.gateway, charge.payment_reference, charge.id
                        """)
                .query((row, number) -> new Unowned(
                        row.getLong("id"),
                        row.getString("gateway"),
                        row.getString("line_id"),
                        row.getString("payment_reference"),
                        Money.of(row.getLong("left"), row.getString("currency")),
                        row.getString("refund_key")))
                .list();
    }

    void putRefundKey(long line, String key) {
        client.sql("UPDATE reconciliation.balance_lines SET refund_key = :key WHERE id = :id")
                .param("id", line)
                .param("key", key)
                .update();
    }

    /** The lines of a payment that nobody here knows, when this one says that it was given back on our word. */
    List<Long> givenBackBy(BookLine refund) {
        return client.sql("""
                        SELECT line.id
                        FROM reconciliation.balance_lines AS refund
                        JOIN reconciliation.balance_lines AS charge
                            ON charge.gateway = refund.gateway AND charge.payment_reference = refund.payment_reference
                               AND charge.refund_key = refund.operation_key
                        JOIN reconciliation.balance_lines AS line
                            ON line.gateway = refund.gateway AND line.payment_reference = refund.payment_reference
                        WHERE refund.id = :refund AND refund.kind = 'refund' AND line.id <> refund.id
                        """).param("refund", refund.id()).query(Long.class).list();
    }

    /** The highest id that the keys in the gateways' books name; 0 when there are none. */
    long highestNamed() {
        return client.sql("""
                        SELECT coalesce(greatest(max(key_order_id), max(key_operation_id)), 0)
                        FROM reconciliation.balance_lines
                        """).query(Long.class).single();
    }

    long idsReached() {
        return client.sql("SELECT reconciliation.ids_reached()")
                .query(Long.class)
                .single();
    }

    void skipIds(long beyond) {
        client.sql("SELECT reconciliation.skip_ids(:beyond)")
                .param("beyond", beyond)
                .query((row, number) -> 0)
                .single();
    }

    private static BookLine line(ResultSet row) throws SQLException {
        return new BookLine(
                row.getLong("id"),
                row.getString("gateway"),
                BalancePage.Kind.ofCode(row.getString("kind")),
                Money.of(row.getLong("amount"), row.getString("currency")),
                row.getLong("fee"),
                row.getString("line_id"),
                row.getString("source"),
                row.getObject("key_operation_id", Long.class),
                row.getObject("order_id", Long.class),
                row.getObject("payment_id", Long.class),
                BookLine.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)));
    }

    private static BookedFact fact(ResultSet row) throws SQLException {
        return new BookedFact(
                row.getLong("id"),
                kindOf(row.getString("kind")),
                row.getLong("order_id"),
                row.getLong("payment_id"),
                row.getObject("operation_id", Long.class),
                row.getString("reference"),
                Money.of(row.getLong("amount"), row.getString("currency")),
                row.getBoolean("matched"));
    }

    private static BalancePage.Kind kindOf(String posted) {
        return switch (posted) {
            case "capture", "late_capture" -> BalancePage.Kind.CHARGE;
            case "refund" -> BalancePage.Kind.REFUND;
            case "refund_reversal" -> BalancePage.Kind.REFUND_REVERSAL;
            case "dispute", "dispute_again" -> BalancePage.Kind.DISPUTE;
            case "dispute_reversal" -> BalancePage.Kind.DISPUTE_REVERSAL;
            default -> throw new IllegalStateException("a " + posted + " does not move money at gateways");
        };
    }
}
