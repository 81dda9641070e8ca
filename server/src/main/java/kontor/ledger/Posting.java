package kontor.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One business fact as the books see it. The same fact cannot be posted twice: its source and kind are unique.
 *
 * @param orderId null for a fact that belongs to no order
 * @param kind what happened: {@code invoice}, {@code capture}, {@code cancellation}, …
 * @param sourceType and sourceId: the row that the fact is about
 * @param entries sum to zero; amounts of zero are left out
 */
public record Posting(
        @Nullable Long orderId,
        Source sourceType,
        long sourceId,
        String kind,
        Currency currency,
        List<Entry> entries,
        Instant at) {
    /** What kind of row a posting is about. */
    public enum Source {
        ORDER,
        OPERATION,
        IMPORT,
        DISPUTE,
        BALANCE_LINE,
        ADJUSTMENT;

        private final String code = name().toLowerCase(Locale.ROOT);

        /** As it stands in the database. */
        String code() {
            return code;
        }
    }

    /** @param amount in minor units: a debit above zero, a credit below */
    public record Entry(Account account, long amount) {}

    /** Collects the entries of a posting; amounts of zero say nothing and are dropped. */
    public static class Entries {
        private final List<Entry> entries = new ArrayList<>(4);

        public Entries debit(Account account, long amount) {
            if (amount != 0) entries.add(new Entry(account, amount));
            return this;
        }

        public Entries credit(Account account, long amount) {
            return debit(account, Math.negateExact(amount));
        }

        public List<Entry> list() {
            return List.copyOf(entries);
        }
    }

    /** Whether there is anything to post: a fact over an amount of zero leaves no trace in the books. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }
}
