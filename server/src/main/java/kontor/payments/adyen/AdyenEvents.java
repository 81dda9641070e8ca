package kontor.payments.adyen;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kontor.money.Money;
import kontor.payments.DisputeNews;
import kontor.payments.DisputeNews.Status;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.Operation;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookVerdict;
import kontor.payments.WebhookVerdict.Forged;
import kontor.payments.WebhookVerdict.Part;
import kontor.payments.WebhookVerdict.Verified;
import org.jspecify.annotations.Nullable;

/**
 * Adyen's webhook messages, verified and read. Only what is signed is used. No time is among that: an old message that
 * comes again is known by its id, and says what it said.
 *
 * <p>Event codes: https://docs.adyen.com/development-resources/webhooks/webhook-types.
 */
final class AdyenEvents {
    private final String merchantAccount;
    private final AdyenSignatures signatures;
    private final AdyenLogin login;

    AdyenEvents(String merchantAccount, AdyenSignatures signatures, AdyenLogin login) {
        this.merchantAccount = merchantAccount;
        this.signatures = signatures;
        this.login = login;
    }

    WebhookVerdict read(byte[] body, @Nullable String authorization) {
        if (!login.accepts(authorization)) return new Forged("another user or password");
        List<byte[]> items;
        try {
            items = AdyenItems.in(body);
        } catch (RuntimeException e) {
            return new Forged("nothing that could be signed: " + AdyenAnswers.oneLine(String.valueOf(e)));
        }
        var parts = new ArrayList<Part>();
        var refused = new ArrayList<String>();
        for (var bytes : items) {
            try {
                var item = AdyenItem.read(bytes);
                var objection = signatures.objection(item.signedFields(), item.signature());
                if (objection == null) parts.add(new Part(eventOf(item), bytes));
                else refused.add(objection);
            } catch (RuntimeException e) {
                refused.add(AdyenAnswers.oneLine(String.valueOf(e)));
            }
        }
        return parts.isEmpty() ? new Forged("no item is signed: " + refused) : new Verified(parts, refused);
    }

    /** Of an item that is known to be genuine. */
    Optional<WebhookEvent> readStored(byte[] bytes) {
        try {
            return Optional.of(eventOf(AdyenItem.read(bytes)));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private WebhookEvent eventOf(AdyenItem item) {
        var ours = merchantAccount.equals(item.merchantAccountCode());
        var outcome = ours ? outcomeOf(item) : null;
        return new WebhookEvent(
                item.id(),
                item.eventCode(),
                timeOf(item),
                item.paymentReference(),
                null,
                item.merchantReference().isEmpty() ? null : item.merchantReference(),
                outcome == null ? null : outcome.answer(),
                ours ? disputeOf(item) : null,
                outcome == null ? null : outcome.of(),
                outcome == null ? null : outcome.about());
    }

    /**
     * @param of null when nobody asked for it
     * @param about the amount, where the answer does not say
     */
    private record Outcome(
            Operation.@Nullable Kind of,
            GatewayAnswer answer,
            @Nullable Money about) {
        Outcome(Operation.Kind of, GatewayAnswer answer) {
            this(of, answer, null);
        }
    }

    private static @Nullable Outcome outcomeOf(AdyenItem item) {
        var payment = item.paymentReference();
        if (payment == null) return null;
        var declined = AdyenAnswers.declined(null, payment);
        return switch (item.eventCode()) {
            case "AUTHORISATION" ->
                new Outcome(
                        Operation.Kind.AUTHORIZE, item.success() ? new Authorized(payment, amountOf(item)) : declined);
            case "CAPTURE" ->
                item.success()
                        ? new Outcome(Operation.Kind.CAPTURE, new Captured(payment, amountOf(item)))
                        : new Outcome(Operation.Kind.CAPTURE, declined, amountIn(item));
            // Comes after a CAPTURE that was a success: the bank would not pay after all.
            case "CAPTURE_FAILED" -> new Outcome(Operation.Kind.CAPTURE, declined, amountIn(item));
            case "CANCELLATION", "TECHNICAL_CANCEL" ->
                new Outcome(Operation.Kind.VOID, item.success() ? new Voided(payment) : declined);
            case "REFUND" ->
                item.success()
                        ? new Outcome(Operation.Kind.REFUND, new Refunded(item.pspReference(), amountOf(item)))
                        : new Outcome(Operation.Kind.REFUND, AdyenAnswers.declined(null, null), amountIn(item));
            case "REFUND_FAILED" ->
                new Outcome(Operation.Kind.REFUND, AdyenAnswers.declined(null, null), amountIn(item));
            // "The remaining uncaptured amount expired"; its own amount is what was authorized.
            case "EXPIRE" -> item.success() ? new Outcome(null, new Voided(payment), amountIn(item)) : null;
            default -> null;
        };
    }

    /**
     * After https://docs.adyen.com/risk-management/disputes-api/dispute-notifications: all events of a dispute have its name.
     * A chargeback that was reversed is not won yet, as the issuing bank may present a second one.
     */
    private static @Nullable DisputeNews disputeOf(AdyenItem item) {
        if (item.originalReference().isEmpty() || item.value() == null) return null;
        return switch (item.eventCode()) {
            case "NOTIFICATION_OF_CHARGEBACK" -> dispute(item, Status.OPEN, 0);
            case "CHARGEBACK" -> dispute(item, Status.OPEN, 1);
            case "CHARGEBACK_REVERSED" -> dispute(item, Status.OPEN, 2);
            case "SECOND_CHARGEBACK" -> dispute(item, Status.LOST, 3);
            case "PREARBITRATION_LOST" -> dispute(item, Status.LOST, 1);
            // Where the money was taken before, it is given back with these.
            case "ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "PREARBITRATION_WON" -> dispute(item, Status.WON, 0);
            default -> null;
        };
    }

    private static DisputeNews dispute(AdyenItem item, Status status, int movements) {
        return new DisputeNews(item.pspReference(), amountOf(item), status, movements % 2 == 1, null, movements);
    }

    /** @return {@code null} when it carries none */
    private static @Nullable Money amountIn(AdyenItem item) {
        return item.value() == null || item.currency() == null ? null : amountOf(item);
    }

    private static Money amountOf(AdyenItem item) {
        if (item.value() == null || item.currency() == null) throw new IllegalArgumentException("an amount is missing");
        return AdyenAmounts.moneyOf(item.value(), item.currency());
    }

    /** The message counts without it, so a time that cannot be read does no harm. */
    private static Instant timeOf(AdyenItem item) {
        try {
            return item.eventDate() == null
                    ? Instant.EPOCH
                    : OffsetDateTime.parse(item.eventDate()).toInstant();
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
