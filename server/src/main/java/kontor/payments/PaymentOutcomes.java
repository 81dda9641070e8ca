package kontor.payments;

/**
 * Whoever owns what is being paid for: hears what gateways answered and records it together with its own consequences.
 * The one way in which a payment moves on, called alike by the buyer's request, webhooks and recovery.
 */
public interface PaymentOutcomes {
    /** @param actor who brought the answer: {@code gateway:stripe}, {@code recovery} */
    void settle(Operation operation, GatewayAnswer answer, String actor);

    /**
     * A gateway took or holds money for a payment that had ended.
     *
     * @param found what the gateway says of it now: captured or authorized
     */
    void late(Payment ended, GatewayAnswer found, String actor);

    /** A gateway holds nothing any more of a payment of which it was to be captured: it has let it expire, say. */
    void gone(Payment held, String actor);

    /**
     * A refund that had been paid out came back: the buyer has not got the money.
     *
     * @param code why, a stable word
     */
    void refundCameBack(Operation refund, String code, String actor);

    /** A gateway tells of a dispute; messages may come twice and in any order. */
    void disputed(Payment payment, DisputeNews news, String actor);
}
