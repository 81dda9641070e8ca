package kontor.payments;

/** What a gateway wants to hear once its message is kept, with status 200. */
public record WebhookReceipt(String contentType, String text) {}
