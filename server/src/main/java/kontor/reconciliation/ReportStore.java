package kontor.reconciliation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the runs have come to. */
@Repository
class ReportStore {
    private final JdbcClient client;

    ReportStore(JdbcClient client) {
        this.client = client;
    }

    /**
     * Adds up, at one moment, what each gateway holds by its books and by ours. Under way is what only one of them has yet:
     * what we booked and no line says, less what lines say and we may still book.
     */
    void addUp() {
        client.sql("""
                        INSERT INTO reconciliation.clearing AS sums (gateway, currency, in_ledger, at_gateway, under_way, as_of)
                        SELECT gateway, currency, coalesce(sum(in_ledger), 0), coalesce(sum(at_gateway), 0),
                               coalesce(sum(under_way), 0), now()
                        FROM (
                            SELECT coalesce(operations.gateway, disputes.gateway, balance_lines.gateway, 'adjustment') AS gateway,
                                   entries.currency, entries.amount AS in_ledger, 0::bigint AS at_gateway,
                                   CASE WHEN source_type IN ('operation', 'dispute') AND NOT EXISTS (
                                                 SELECT FROM reconciliation.matches WHERE matches.transaction_id = transactions.id)
                                             AND NOT EXISTS (
                                                 SELECT FROM reconciliation.breaks WHERE breaks.transaction_id = transactions.id)
                                        THEN entries.amount ELSE 0 END AS under_way
                            FROM ledger.entries
                            JOIN ledger.transactions ON transactions.id = entries.transaction_id
                            LEFT JOIN payments.operations
                                ON source_type = 'operation' AND operations.order_id = transactions.order_id
                                   AND operations.id = source_id
                            LEFT JOIN payments.disputes ON source_type = 'dispute' AND disputes.id = source_id
                            LEFT JOIN reconciliation.balance_lines
                                ON source_type = 'balance_line' AND balance_lines.id = source_id
                            WHERE account = 'gateway_clearing'
                            UNION ALL
                            SELECT gateway, currency, 0, amount - fee, CASE state WHEN 'waiting' THEN -amount ELSE 0 END
                            FROM reconciliation.balance_lines
                        ) AS moved
                        GROUP BY gateway, currency
                        ON CONFLICT (gateway, currency) DO UPDATE
                        SET in_ledger = excluded.in_ledger, at_gateway = excluded.at_gateway, under_way = excluded.under_way,
                            as_of = excluded.as_of
                        WHERE sums.as_of < excluded.as_of
                        """).update();
    }

    record Reading(
            String gateway,
            String books,
            @Nullable String reason,
            @Nullable Instant readAt,
            @Nullable String lastLine,
            @Nullable Instant lastLineAt) {}

    List<Reading> readings() {
        return client.sql("SELECT * FROM reconciliation.gateways ORDER BY gateway")
                .query((row, number) -> new Reading(
                        row.getString("gateway"),
                        row.getString("books"),
                        row.getString("reason"),
                        instant(row, "read_at"),
                        row.getString("last_line"),
                        instant(row, "last_line_at")))
                .list();
    }

    /** Lines by state, of each gateway. */
    Map<String, Map<String, Long>> lines() {
        return counted("SELECT gateway, state, count(*) FROM reconciliation.balance_lines GROUP BY gateway, state");
    }

    /** Open breaks by kind, of each gateway. */
    Map<String, Map<String, Long>> openBreaks() {
        return counted(
                "SELECT gateway, kind, count(*) FROM reconciliation.breaks WHERE resolved_at IS NULL GROUP BY gateway, kind");
    }

    private Map<String, Map<String, Long>> counted(String sql) {
        var counts = new TreeMap<String, Map<String, Long>>();
        client.sql(sql).query(row -> {
            counts.computeIfAbsent(row.getString(1), _ -> new TreeMap<>()).put(row.getString(2), row.getLong(3));
        });
        return counts;
    }

    record Sums(String gateway, Money inLedger, Money atGateway, Money underWay) {}

    List<Sums> clearing() {
        return client.sql("SELECT * FROM reconciliation.clearing ORDER BY gateway, currency")
                .query((row, number) -> {
                    var currency = row.getString("currency");
                    return new Sums(
                            row.getString("gateway"),
                            Money.of(row.getLong("in_ledger"), currency),
                            Money.of(row.getLong("at_gateway"), currency),
                            Money.of(row.getLong("under_way"), currency));
                })
                .list();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
