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
     * Whether an order that stands so is held against its customer: it waits for its payment, or is on an invoice that is
     * not paid in full. What a gateway holds is as good as paid, also when only a part of it is taken.
     *
     * @param onInvoice whether it has an invoice, which an order has from the first or never
     */
    static boolean counts(OrderStatus status, PaymentState paymentStatus, boolean onInvoice) {
        return switch (status) {
            case PENDING_PAYMENT -> true;
            case CONFIRMED ->
                paymentStatus == PaymentState.OPEN || (paymentStatus == PaymentState.PARTIALLY_PAID && onInvoice);
            case COMPLETED, CANCELLED -> false;
        };
    }
}
