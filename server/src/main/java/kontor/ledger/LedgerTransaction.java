package kontor.ledger;

import java.time.Instant;
import java.util.List;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A posted fact as the API shows it.
 *
 * @param orderId null for a fact that belongs to no order
 * @param sourceType and sourceId: the row that it is about
 * @param note why staff posted it by hand; null for everything else
 * @param actor who posted it by hand; null for everything else
 * @param seal the number of the seal that covers it; null for the moment until there is one
 */
record LedgerTransaction(
        long id,
        @Nullable Long orderId,
        String sourceType,
        long sourceId,
        String kind,
        Instant postedAt,
        List<Side> entries,
        @Nullable String note,
        @Nullable String actor,
        @Nullable Long seal) {
    /** @param amount a debit above zero, a credit below */
    record Side(int line, String account, Money amount) {}
}
