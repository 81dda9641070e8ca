package kontor.payments;

import java.net.URI;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway answered, or that it did not. References are the gateway's own names: of the payment, or of the refund
 * in {@link Refunded}.
 */
public sealed interface GatewayAnswer {
    /** The amount is held and can be captured or voided. */
    record Authorized(String reference, Money amount) implements GatewayAnswer {}

    /** The amount was taken. */
    record Captured(String reference, Money amount) implements GatewayAnswer {}

    /**
     * The buyer has to act first, usually 3-D Secure, at {@code redirect}. Nothing is held or taken yet, and a gateway that
     * names a payment only once it is authorized has it go by our own name until then.
     */
    record RequiresAction(String reference, URI redirect) implements GatewayAnswer {}

    /**
     * Final: this operation moved no money and never will.
     *
     * @param code a stable word such as {@code insufficient_funds}
     * @param message a sentence that may be shown to the buyer
     * @param reference of the payment, when the gateway has opened one
     */
    record Declined(String code, String message, @Nullable String reference) implements GatewayAnswer {}

    /** Nothing is held any more, and nothing was taken. */
    record Voided(String reference) implements GatewayAnswer {}

    /** The amount was paid back. {@code reference} names the refund. */
    record Refunded(String reference, Money amount) implements GatewayAnswer {}

    /**
     * It was taken on, and will be carried out or not: a message of the gateway tells which. Until then the money may have
     * moved or not.
     *
     * @param reference of the payment or the refund, when the gateway has named one
     */
    record Pending(@Nullable String reference) implements GatewayAnswer {}

    /** The gateway knows nothing of it, as far as its search can tell now. */
    record NotFound() implements GatewayAnswer {}

    /**
     * The money may have moved or not: silence, a broken connection, a server error, or an answer that cannot be read or
     * is about something else than was asked. Never a refusal.
     *
     * @param reason for people and logs; short, on one line, without secrets
     */
    record NoAnswer(String reason) implements GatewayAnswer {
        private static final String NOT_SENT = "not sent: ";

        /** The question stayed here. Its operation is still open: it has to be asked later, or is found by recovery. */
        static NoAnswer notSent(String why) {
            return new NoAnswer(NOT_SENT + why);
        }

        private static final String STRANGE = "strange: ";

        /**
         * What came cannot be the answer: it cannot be read, or it is about another payment, amount or currency. Staff are
         * told at once.
         */
        public static NoAnswer strange(String what) {
            return new NoAnswer(STRANGE + what);
        }

        public boolean isStrange() {
            return reason.startsWith(STRANGE);
        }

        /** Whether the gateway has been asked at all. */
        public boolean wasSent() {
            return !reason.startsWith(NOT_SENT);
        }
    }
}
