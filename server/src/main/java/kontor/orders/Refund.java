package kontor.orders;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * Money given back, as a document: paid out by one operation for every payment that it goes back to.
 *
 * @param parts what it is for
 * @param note of staff, for staff
 * @param lines what of the order it names
 */
record Refund(
        long orderId,
        long id,
        State state,
        Money amount,
        Parts parts,
        String reason,
        @Nullable String note,
        String actor,
        @Nullable String requestKey,
        Instant createdAt,
        List<Line> lines) {
    /** The reason of one that gives back what was taken after its payment had ended. */
    static final String LATE_PAYMENT = "late_payment";

    /** How far it has come. */
    enum State {
        PENDING,
        SUCCEEDED,
        /** Some of its payments got their part, others refused it. */
        PARTIALLY_SUCCEEDED,
        FAILED;

        private final String code = name().toLowerCase(Locale.ROOT);

        String code() {
            return code;
        }

        static State ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * What an amount is for, in minor units; they sum to it.
     *
     * @param credit what was never for the order: a payment that came too late
     */
    record Parts(long goods, long shipping, long tax, long credit) {
        static Parts of(long[] shares) {
            return new Parts(shares[0], shares[1], shares[2], shares[3]);
        }

        long[] array() {
            return new long[] {goods, shipping, tax, credit};
        }

        Parts plus(Parts other) {
            return new Parts(goods + other.goods, shipping + other.shipping, tax + other.tax, credit + other.credit);
        }

        Parts minus(Parts other) {
            return new Parts(goods - other.goods, shipping - other.shipping, tax - other.tax, credit - other.credit);
        }
    }

    /**
     * What of the order goes back.
     *
     * @param line of the order; 0 is its shipping, whose quantity is counted in minor units
     * @param amount in minor units, tax included
     */
    record Line(int line, long quantity, long amount) {}
}
