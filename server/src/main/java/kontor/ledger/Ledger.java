package kontor.ledger;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kontor.database.Ids;
import kontor.database.Rows;
import kontor.database.Statements;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The journal. Postings take part in the caller's transaction: the fact and its posting exist together or not at all. */
@Component
public class Ledger {
    private final JdbcTemplate jdbc;
    private final Ids ids;

    Ledger(JdbcTemplate jdbc, Ids ids) {
        this.jdbc = jdbc;
        this.ids = ids;
    }

    private record NumberedPosting(long id, Posting posting) {}

    private record NumberedEntry(long transactionId, int line, String account, String currency, long amount) {}

    /**
     * Posts each that has entries. The database refuses the whole statement when one of them does not sum to zero, or
     * was posted before.
     */
    public void post(List<Posting> postings) {
        var statements = new Statements();
        post(statements, postings);
        statements.run(jdbc);
    }

    /**
     * What postings of one kind have booked for an order so far, by account, in minor units: debits above zero.
     * Accounts that nothing was booked to are missing.
     */
    public Map<Account, Long> booked(long orderId, String kind) {
        var sums = new EnumMap<Account, Long>(Account.class);
        jdbc.query(
                """
                SELECT account, sum(amount)::bigint AS sum
                FROM ledger.transactions JOIN ledger.entries ON transaction_id = id
                WHERE order_id = ? AND kind = ?
                GROUP BY account
                """,
                row -> {
                    sums.put(Account.valueOf(row.getString("account").toUpperCase(Locale.ROOT)), row.getLong("sum"));
                },
                orderId,
                kind);
        return sums;
    }

    /** The same, to be sent together with other statements. */
    public void post(Statements statements, List<Posting> postings) {
        var numbered = postings.stream()
                .filter(posting -> !posting.isEmpty())
                .map(posting -> new NumberedPosting(ids.next("ledger.transaction_ids"), posting))
                .toList();
        if (numbered.isEmpty()) return;
        statements.add(
                """
                INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?)
                """,
                Rows.of(numbered)
                        .bigint(NumberedPosting::id)
                        .nullableBigint(each -> each.posting().orderId())
                        .text(each -> each.posting().sourceType().code())
                        .bigint(each -> each.posting().sourceId())
                        .text(each -> each.posting().kind())
                        .timestamptz(each -> each.posting().at()));
        statements.add(
                """
                INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
                SELECT * FROM unnest(?, ?, ?, ?, ?)
                """,
                Rows.of(entriesOf(numbered))
                        .bigint(NumberedEntry::transactionId)
                        .integer(NumberedEntry::line)
                        .text(NumberedEntry::account)
                        .text(NumberedEntry::currency)
                        .bigint(NumberedEntry::amount));
    }

    private static List<NumberedEntry> entriesOf(List<NumberedPosting> postings) {
        var entries = new ArrayList<NumberedEntry>(postings.size() * 4);
        for (var each : postings) {
            var currency = each.posting().currency().getCurrencyCode();
            var line = 1;
            for (var entry : each.posting().entries())
                entries.add(new NumberedEntry(each.id(), line++, entry.account().code(), currency, entry.amount()));
        }
        return entries;
    }
}
