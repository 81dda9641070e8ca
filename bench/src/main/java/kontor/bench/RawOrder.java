package kontor.bench;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * One order as the rows that Kontor writes for it, for a client that writes them itself.
 *
 * @param sample of Kontor, for what is the same in all orders
 */
record RawOrder(
        long id,
        long paymentId,
        long transactionId,
        long buyer,
        String key,
        byte[] fingerprint,
        Sample sample,
        Basket basket) {
    static final int FINGERPRINT_LENGTH = 32;

    /**
     * What Kontor wrote for one such order: the reference writes the same, or as much.
     *
     * @param address JSON
     */
    record Sample(String address) {}

    /**
     * A value of an order in a statement.
     *
     * @param inPgbench the same as an expression in pgbench's script, where {@code :a}, {@code :b}, {@code :c} are the
     *     articles
     */
    record Parameter(String name, String type, Function<RawOrder, Object> value, String inPgbench) {
        static Parameter of(String name, String type, Function<RawOrder, Object> value, String inPgbench) {
            return new Parameter(name, type, value, inPgbench);
        }
    }

    /** Version 4 as RFC 9562 writes it, without the secure random number that nobody needs here. */
    static String key(RandomGenerator random) {
        return new java.util.UUID(
                        (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L,
                        (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L)
                .toString();
    }

    String principal() {
        return "user:" + buyer;
    }

    String event() {
        return "{\"order_id\":" + id
                + ",\"status\":\"confirmed\",\"payment_status\":\"open\",\"total\":{\"amount\":" + basket.total()
                + ",\"currency\":\"GBP\"}}";
    }
}
