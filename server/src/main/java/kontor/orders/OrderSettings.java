package kontor.orders;

import java.net.URI;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param lanes how many writers
 * @param queueBound how many orders may wait for a lane before the server answers 503
 * @param largestBatch how many orders share a commit at most
 * @param paymentPatience how long stock stays promised to an order that waits for its payment
 * @param answerPatience how long a repeated request waits for the answer to the first one
 * @param capture when the money of a card is taken: {@code at-once}, or {@code later} by staff
 * @param returnOrigins where buyers may come back to after 3-D Secure, such as {@code https://shop.example}; the first one
 *     completes a path. Without any it is this server, as it is found on its own machine
 * @param stepUpRefundLimit what an order may give back, by currency in minor units, before staff have to show once more who
 *     they are: all of its refunds together, so that many small ones are no way round. Without one there is no limit
 * @param refundApprovalAbove what an order may give back, by currency in minor units, before somebody else has to approve
 *     it: all of its refunds together. Without one nobody has to
 * @param openPerUser how many unpaid orders one customer may have at once; 0 for any number
 * @param heldUnitsPerUser how many units the unpaid orders of one customer may name together, and so a single order,
 *     however it is paid; 0 for any number
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
        @DefaultValue List<URI> returnOrigins,
        @DefaultValue Map<String, Long> stepUpRefundLimit,
        @DefaultValue Map<String, Long> refundApprovalAbove,
        @DefaultValue("50") long openPerUser,
        @DefaultValue("10000") long heldUnitsPerUser,
        @DefaultValue Map<String, ShippingOption> shippingOptions) {
    OrderSettings {
        for (var origin : returnOrigins)
            if (!ReturnUrls.isOrigin(origin))
                throw new IllegalArgumentException("kontor.orders.return-origins must each be an address like"
                        + " https://shop.example, without a path; this is not: " + origin);
        stepUpRefundLimit = byCurrency("kontor.orders.step-up-refund-limit", stepUpRefundLimit);
        refundApprovalAbove = byCurrency("kontor.orders.refund-approval-above", refundApprovalAbove);
        if (openPerUser < 0 || heldUnitsPerUser < 0)
            throw new IllegalArgumentException(
                    "kontor.orders.open-per-user and kontor.orders.held-units-per-user must be 0, for no cap, or more");
    }

    long mostUnpaidOrders() {
        return openPerUser == 0 ? Long.MAX_VALUE : openPerUser;
    }

    long mostHeldUnits() {
        return heldUnitsPerUser == 0 ? Long.MAX_VALUE : heldUnitsPerUser;
    }

    private static Map<String, Long> byCurrency(String setting, Map<String, Long> limits) {
        if (limits.values().stream().anyMatch(limit -> limit < 0))
            throw new IllegalArgumentException(setting + " must not be negative");
        return limits.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(limit -> currency(setting, limit.getKey()), Map.Entry::getValue));
    }

    /** Names of environment variables come in small letters. */
    private static String currency(String setting, String code) {
        try {
            return Currency.getInstance(code.toUpperCase(Locale.ROOT)).getCurrencyCode();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + " is by currency, such as EUR; this is none: " + code, e);
        }
    }

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
