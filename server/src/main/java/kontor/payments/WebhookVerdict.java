package kontor.payments;

import java.util.List;

/** What became of a message that claims to come from a gateway. A gateway may tell of several events in one message. */
public sealed interface WebhookVerdict {
    /**
     * Some of it can be believed.
     *
     * @param parts at least one
     * @param refused why parts of the same message are not believed, for logs only: they are not kept, and the message is
     *     refused as a whole once the others are, so that its sender comes again with it
     */
    record Verified(List<Part> parts, List<String> refused) implements WebhookVerdict {
        public Verified {
            if (parts.isEmpty()) throw new IllegalArgumentException("nothing was verified");
        }

        /** A message that is one event. */
        public Verified(WebhookEvent event, byte[] rawBody) {
            this(List.of(new Part(event, rawBody)), List.of());
        }
    }

    /**
     * One event.
     *
     * @param raw its bytes as they came, which {@link PaymentGateway#readStored} reads again
     */
    record Part(WebhookEvent event, byte[] raw) {}

    /** Signed as agreed, yet not an event: nothing to keep. */
    record Unreadable(String reason) implements WebhookVerdict {}

    /** Not from the gateway, or too old or too far ahead to be believed. {@code reason} is for logs only. */
    record Forged(String reason) implements WebhookVerdict {}
}
