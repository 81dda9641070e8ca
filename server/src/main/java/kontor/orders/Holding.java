package kontor.orders;

/**
 * What a customer holds without having paid.
 *
 * @param orders how many unpaid orders
 * @param units how many units of articles these name
 */
record Holding(long orders, long units) {
    static final Holding NONE = new Holding(0, 0);

    Holding with(NewOrder order) {
        return new Holding(orders + 1, units + order.units());
    }

    /**
     * Whether an order that stands so is held against its customer: it waits for its payment, or is not paid in full
     * though no gateway holds the money for it either.
     */
    static boolean counts(OrderStatus status, PaymentState paymentStatus) {
        return switch (status) {
            case PENDING_PAYMENT -> true;
            case CONFIRMED -> paymentStatus == PaymentState.OPEN || paymentStatus == PaymentState.PARTIALLY_PAID;
            case COMPLETED, CANCELLED -> false;
        };
    }
}
