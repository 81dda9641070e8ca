package kontor.payments;

import java.util.Locale;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * One question to a gateway. Its row is committed before the gateway is asked, under a key made of its id that lets the
 * gateway do it at most once.
 *
 * @param captures whether an authorize takes the money in the same call
 * @param token the gateway's name for the buyer's card; null for what needs none
 * @param returnUrl where the buyer comes back to after 3-D Secure
 * @param reference the gateway's name for the payment; null until the gateway gave one
 */
public record Operation(
        long orderId,
        long paymentId,
        long id,
        Kind kind,
        String gateway,
        Money amount,
        boolean captures,
        @Nullable String token,
        @Nullable String returnUrl,
        @Nullable String reference) {
    /** What the gateway is asked to do. */
    public enum Kind {
        AUTHORIZE,
        CAPTURE,
        VOID,
        REFUND;

        private final String code = name().toLowerCase(Locale.ROOT);

        public String code() {
            return code;
        }

        static Kind ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /** The same question, about a payment whose name at the gateway has become known. */
    Operation named(String gatewayReference) {
        return new Operation(
                orderId, paymentId, id, kind, gateway, amount, captures, token, returnUrl, gatewayReference);
    }
}
