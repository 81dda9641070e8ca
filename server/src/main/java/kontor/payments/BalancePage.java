package kontor.payments;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/** What a gateway's own books say. */
public sealed interface BalancePage {
    /**
     * Some lines, the oldest first.
     *
     * @param more whether there are later ones
     */
    record Lines(List<Line> lines, boolean more) implements BalancePage {}

    /** They cannot be read now. {@code reason} is short, on one line, without secrets. */
    record Unavailable(String reason) implements BalancePage {}

    /** The gateway has none that a program could read, now or later. {@code reason} as above. */
    record NotOffered(String reason) implements BalancePage {}

    /** What a line is about. */
    enum Kind {
        CHARGE,
        REFUND,
        /** A refund that was paid out and came back. */
        REFUND_REVERSAL,
        DISPUTE,
        DISPUTE_REVERSAL,
        PAYOUT,
        FEE,
        OTHER;

        private final String code = name().toLowerCase(Locale.ROOT);

        public String code() {
            return code;
        }

        public static Kind ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * One movement of the balance that the gateway keeps for us.
     *
     * @param id the gateway's name of the line
     * @param amount before the fee: above zero what came in, below what went out, a payout among it
     * @param fee what the gateway kept for itself, zero or above, in minor units of the amount's currency; the balance
     *     moved by amount minus fee
     * @param availableAt when it can be paid out
     * @param paymentReference the gateway's name of the payment it is about
     * @param source the gateway's name of the refund, dispute or payout that it is about
     * @param operationKey of the operation that caused it, as far as the gateway tells
     */
    record Line(
            String id,
            Kind kind,
            Money amount,
            long fee,
            Instant at,
            @Nullable Instant availableAt,
            @Nullable String paymentReference,
            @Nullable String source,
            @Nullable String operationKey) {}
}
