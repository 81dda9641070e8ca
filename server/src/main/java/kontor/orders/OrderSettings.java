package kontor.orders;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param lanes how many writers
 * @param queueBound how many orders may wait for a lane before the server answers 503
 * @param largestBatch how many orders share a commit at most
 * @param paymentPatience how long stock stays promised to an order that waits for its payment
 * @param answerPatience how long a repeated request waits for the answer to the first one
 * @param capture when the money of a card is taken: {@code at-once}, or {@code later} by staff
 * @param shippingOptions ways to ship, by code: each with a name, and prices in minor units by currency
 */
@ConfigurationProperties("kontor.orders")
record OrderSettings(
        @DefaultValue("2") int lanes,
        @DefaultValue("4096") int queueBound,
        @DefaultValue("256") int largestBatch,
        @DefaultValue("30m") Duration paymentPatience,
        @DefaultValue("5s") Duration answerPatience,
        @DefaultValue("at-once") Capture capture,
        @DefaultValue Map<String, ShippingOption> shippingOptions) {
    /** When the money of a card is taken. */
    enum Capture {
        AT_ONCE,
        /** Held until staff take it. */
        LATER
    }

    /**
     * A way to ship.
     *
     * @param prices in minor units by currency; an option without any is free in every currency
     */
    record ShippingOption(String name, @DefaultValue Map<String, Long> prices) {}
}
