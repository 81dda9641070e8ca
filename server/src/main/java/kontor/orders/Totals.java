package kontor.orders;

/** What an order comes to, in minor units of its currency: total = subtotal − discount + shipping + tax. */
public record Totals(long subtotal, long discount, long shipping, long tax) {
    /** @throws ArithmeticException when it does not fit 64 bits */
    public long total() {
        return Math.addExact(Math.addExact(Math.subtractExact(subtotal, discount), shipping), tax);
    }
}
