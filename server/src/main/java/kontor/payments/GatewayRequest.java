package kontor.payments;

import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/** What is asked of a gateway, together with what its answer is checked against. */
public sealed interface GatewayRequest {
    /** Names the operation in our tables, at the gateway and in its messages. */
    String operationKey();

    /**
     * Sent again with the same key, every other part has to be the same too: the gateway compares.
     *
     * @param operationKey sent as the gateway's idempotency key and kept in its metadata
     * @param token the payment method as the gateway's own page or script handed it to the buyer's browser; never a card
     *     number
     * @param capture take the money at once; otherwise only hold it
     * @param returnUrl where the buyer comes back to after a 3-D Secure step; without it there is no such step to offer
     */
    record Authorize(
            String operationKey,
            long orderId,
            long paymentId,
            Money amount,
            String token,
            boolean capture,
            @Nullable URI returnUrl)
            implements GatewayRequest {
        public Authorize {
            checkKey(operationKey);
        }
    }

    /**
     * @param operationKey of the {@link Authorize} that began the payment
     * @param gatewayReference when the gateway has named one; without it the payment is searched by its operation key
     * @param amount which the payment was begun with
     */
    record LookUp(
            String operationKey,
            long paymentId,
            Money amount,
            @Nullable String gatewayReference) implements GatewayRequest {
        public LookUp {
            checkKey(operationKey);
        }
    }

    /**
     * A part or all of what is held. Also asks what became of it: at most one operation of a payment is ever under way, so
     * what the gateway took beyond {@code capturedBefore} was taken by this one.
     *
     * @param capturedBefore in minor units: what earlier operations took
     * @param last whether the rest of the hold is given up; otherwise it can still be captured
     */
    record Capture(String operationKey, String gatewayReference, Money amount, long capturedBefore, boolean last)
            implements GatewayRequest {
        public Capture {
            checkKey(operationKey);
        }
    }

    /**
     * What the buyer's browser brought back from the gateway's page.
     *
     * @param operationKey of the {@link Authorize} that waits for it
     * @param returned the parameters of the address that the browser came back to, as they were
     */
    record Confirm(
            String operationKey,
            long paymentId,
            Money amount,
            boolean capture,
            @Nullable String gatewayReference,
            Map<String, String> returned)
            implements GatewayRequest {
        public Confirm {
            checkKey(operationKey);
            returned = Map.copyOf(returned);
        }
    }

    /**
     * @param operationKey of the refund
     * @param gatewayReference of the payment
     * @param refundReference when the gateway has named one; without it the payment's refunds are searched
     */
    record LookUpRefund(
            String operationKey,
            String gatewayReference,
            Money amount,
            @Nullable String refundReference) implements GatewayRequest {
        public LookUpRefund {
            checkKey(operationKey);
        }
    }

    /** Keys travel in headers and search expressions, so they are plain: letters, digits and {@code . _ : -}. */
    Pattern OPERATION_KEY = Pattern.compile("[A-Za-z0-9._:-]{1,200}");

    /** @throws IllegalArgumentException when the key is not plain: ours always are */
    static void checkKey(String operationKey) {
        if (!OPERATION_KEY.matcher(operationKey).matches()) {
            throw new IllegalArgumentException("not an operation key: " + operationKey);
        }
    }
}
