package kontor.payments;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * A card gateway. Implementations translate, in both directions; they decide nothing, retry nothing and follow no
 * redirect.
 *
 * <p>No method throws for what a gateway or the network can do: every outcome is a {@link GatewayAnswer}, and whatever
 * is not clearly one of the others is {@link GatewayAnswer.NoAnswer}. Every method blocks for at most the gateway's
 * configured patience, so none may be called inside a database transaction.
 *
 * <p>Each operation has a key of its own, which the caller has committed before it calls: asking again with the same
 * key is safe and gives the first answer again, for as long as {@link #remembersKeysFor} says. After that the key is
 * forgotten and the same call would move the money once more: look up first, and do not send again.
 */
public interface PaymentGateway {
    /** As it stands in orders and in {@code /gateways/{name}/webhook}, such as {@code stripe}. */
    String name();

    /** Holds the amount on the card, or takes it at once when {@link GatewayRequest.Authorize#capture} says so. */
    GatewayAnswer authorize(GatewayRequest.Authorize request);

    /**
     * Takes money that is held: all of it, or a part.
     *
     * @return {@link GatewayAnswer.Captured} with exactly the amount asked for; {@link GatewayAnswer.Declined} when it is
     *     known that this moved nothing; or the state in which the gateway found the payment instead, such as
     *     {@link GatewayAnswer.Voided}
     */
    GatewayAnswer capture(GatewayRequest.Capture request);

    /**
     * What became of a capture: {@link GatewayAnswer.Captured} with its amount, {@link GatewayAnswer.Voided} when nothing
     * is held any more and it took nothing, {@link GatewayAnswer.NotFound} when it has taken nothing yet: it may still be
     * on its way, so it has to be sent again under its own key before that is believed.
     */
    GatewayAnswer lookUpCapture(GatewayRequest.Capture request);

    /**
     * Hands over what the buyer's browser brought back from the gateway's page. A gateway that knows the outcome by itself
     * looks it up instead.
     */
    GatewayAnswer confirm(GatewayRequest.Confirm request);

    /**
     * Gives up a payment that is not captured: releases a hold, ends a pending 3-D Secure step. Operation keys of such
     * a question may be longer than others: each further try has one of its own.
     *
     * @return {@link GatewayAnswer.Voided}, also when it was already; {@link GatewayAnswer.Captured} when it is too late
     */
    GatewayAnswer cancel(String operationKey, String gatewayReference);

    /** Pays back a part or all of what was captured. The answer carries the refund's own reference. */
    GatewayAnswer refund(String operationKey, String gatewayReference, Money amount);

    /**
     * What the gateway knows of a payment now. {@link GatewayAnswer.NotFound} is only ever the answer to a search
     * without a reference, and searching may lag behind by a minute or more: before it is believed, the first operation
     * has to be sent again under its own key.
     */
    GatewayAnswer lookUp(GatewayRequest.LookUp request);

    /** What the gateway knows of one refund; the same caution with {@link GatewayAnswer.NotFound}. */
    GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request);

    /**
     * Verifies and reads a message from the gateway.
     *
     * @param rawBody the bytes as they came: a signature covers bytes, not their meaning
     * @param headers of the request, by name in any case; {@code null} for one that it had not
     * @param now against which the message's age is judged, where it carries a time that is signed
     */
    WebhookVerdict readWebhook(byte[] rawBody, Function<String, @Nullable String> headers, Instant now);

    /** What it wants to hear once its message is kept. */
    WebhookReceipt receipt();

    /** Reads an event again that was verified when it was stored; empty when it is not one. */
    Optional<WebhookEvent> readStored(byte[] raw);

    /**
     * Whether the gateway can be asked what became of an operation. One that cannot answers every look-up with
     * {@link GatewayAnswer.NotFound}, and its signed messages are its word: each names its operation by key and kind, and
     * says of an authorization no more than that it is granted, {@link GatewayAnswer.Authorized}, also when the money
     * was to be taken at once.
     */
    boolean answersLookUps();

    /**
     * The gateway's own books: what it moved on our account, the oldest first.
     *
     * @param after the id of the last line that is known already; null for the beginning
     */
    BalancePage balance(@Nullable String after);

    /** How long an operation's key is sure to be recognised after its first use. */
    Duration remembersKeysFor();
}
