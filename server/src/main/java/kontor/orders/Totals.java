package kontor.orders;

/** What an order comes to, in minor units of its currency: total = subtotal − discount + shipping + tax. */
record Totals(long subtotal, long discount, long shipping, long tax) {
    /** @throws ArithmeticException when it does not fit 64 bits */
    long total() {
        return Math.addExact(Math.addExact(Math.subtractExact(subtotal, discount), shipping), tax);
    }
}
