package kontor.reconciliation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What the newest runs have found.
 *
 * @param balanced whether no break is open, no sum differs, and every gateway's books could be read or are not offered
 * @param adjusted what staff have booked to gateway clearing by hand, which no gateway knows of
 */
record ReconciliationReport(boolean balanced, List<OfGateway> gateways, List<Money> adjusted) {
    /**
     * @param books {@code read}, {@code unread} (never yet), {@code unavailable} or {@code not_offered}
     * @param reason why they are not read
     * @param readAt when they were last read to their end
     * @param lastLine the newest line that is here, by the gateway's name
     * @param matched lines that our books have, too
     * @param waiting lines that an answer may still come for
     * @param suspended lines that were booked to suspense
     * @param openBreaks by kind
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OfGateway(
            String gateway,
            String books,
            @Nullable String reason,
            @Nullable Instant readAt,
            @Nullable String lastLine,
            @Nullable Instant lastLineAt,
            long lines,
            long matched,
            long waiting,
            long suspended,
            Map<String, Long> openBreaks,
            List<Clearing> clearing) {
        boolean holds() {
            return !books.equals("unavailable")
                    && openBreaks.isEmpty()
                    && clearing.stream().allMatch(sums -> sums.difference().minorUnits() == 0);
        }
    }

    /**
     * What a gateway holds for us in one currency.
     *
     * @param underWay what our books have and the gateway does not list yet, less what it lists and we may still book
     * @param difference what is left unexplained: in the ledger, less at the gateway, less under way
     */
    record Clearing(Money inLedger, Money atGateway, Money underWay, Money difference) {}
}
