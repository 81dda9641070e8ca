package kontor.payments;

/** What became of a message that claims to come from a gateway. */
public sealed interface WebhookVerdict {
    record Verified(WebhookEvent event) implements WebhookVerdict {}

    /** Signed as agreed, yet not an event: nothing to keep. */
    record Unreadable(String reason) implements WebhookVerdict {}

    /** Not from the gateway, or too old or too far ahead to be believed. {@code reason} is for logs only. */
    record Forged(String reason) implements WebhookVerdict {}
}
