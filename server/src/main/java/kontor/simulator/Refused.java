package kontor.simulator;

import org.jspecify.annotations.Nullable;

/** A request that is turned down before it has any effect, in Stripe's words. */
final class Refused extends RuntimeException {
    private final transient Reply reply;

    private Refused(Reply reply) {
        super(null, null, false, false); // an answer, not an accident: nobody reads its stack
        this.reply = reply;
    }

    Reply reply() {
        return reply;
    }

    /** 400: understood, and not acceptable. */
    static Refused invalid(@Nullable String code, String message, @Nullable String param) {
        return of(400, "invalid_request_error", code, message, param);
    }

    static Refused of(int status, String type, @Nullable String code, String message, @Nullable String param) {
        return new Refused(Reply.json(status, StripeErrors.error(type, code, message, param, null)));
    }

    /** 400 about a payment intent, which the error shows as it is. */
    static Refused about(Intent intent, String code, String message, @Nullable String param) {
        return new Refused(
                Reply.json(400, StripeErrors.error("invalid_request_error", code, message, param, intent.json())));
    }

    /** The payment intent is in a state that does not allow it. */
    static Refused unexpectedState(String message, Intent intent) {
        return about(intent, "payment_intent_unexpected_state", message, null);
    }

    static Refused notFound(String kind, String id) {
        return of(404, "invalid_request_error", "resource_missing", "No such " + kind + ": '" + id + "'", "id");
    }
}
