package kontor.payments.stripe;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.stripe.model.Dispute;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.net.ApiResource;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import kontor.payments.GatewayAnswer;
import kontor.payments.Operation;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookVerdict;
import kontor.payments.WebhookVerdict.Forged;
import kontor.payments.WebhookVerdict.Unreadable;
import kontor.payments.WebhookVerdict.Verified;
import org.jspecify.annotations.Nullable;

/** Stripe's webhook messages, verified and read. What an event is about is read from the object it carries. */
final class StripeEvents {
    private final StripeAnswers answers;
    private final StripeSignatures signatures;

    StripeEvents(StripeAnswers answers, StripeSignatures signatures) {
        this.answers = answers;
        this.signatures = signatures;
    }

    WebhookVerdict read(byte[] body, @Nullable String header, Instant now) {
        var objection = signatures.objection(body, header, now);
        return objection == null ? readVerified(body) : new Forged(objection);
    }

    /** Of a message that is known to be genuine. */
    WebhookVerdict readVerified(byte[] body) {
        try {
            var event = JsonParser.parseString(text(body)).getAsJsonObject();
            return new Verified(eventOf(event), body);
        } catch (CharacterCodingException | RuntimeException e) {
            return new Unreadable(StripeAnswers.oneLine(String.valueOf(e)));
        }
    }

    private static String text(byte[] body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    private WebhookEvent eventOf(JsonObject event) {
        var id = required(event, "id");
        var type = required(event, "type");
        var created = Instant.ofEpochSecond(event.get("created").getAsLong());
        var object = event.getAsJsonObject("data").getAsJsonObject("object");
        var key = causeOf(event);
        var kind = text(object, "object");
        return switch (kind == null ? "" : kind) {
            case "payment_intent" -> {
                var intent = ApiResource.GSON.fromJson(object, PaymentIntent.class);
                yield about(
                        id, type, created, intent.getId(), intent.getMetadata(), key, known(answers.stateOf(intent)));
            }
            case "refund" -> {
                var refund = ApiResource.GSON.fromJson(object, Refund.class);
                // A refund knows its own operation; whose payment it is, its payment intent knows.
                var operation = StripeAnswers.metadata(refund.getMetadata(), StripeAnswers.OPERATION);
                yield new WebhookEvent(
                        id,
                        type,
                        created,
                        refund.getPaymentIntent(),
                        null,
                        operation == null ? key : operation,
                        known(answers.stateOf(refund)),
                        null,
                        Operation.Kind.REFUND);
            }
            case "dispute" -> {
                var dispute = ApiResource.GSON.fromJson(object, Dispute.class);
                yield new WebhookEvent(
                        id,
                        type,
                        created,
                        dispute.getPaymentIntent(),
                        null,
                        null,
                        null,
                        StripeDisputes.newsOf(dispute));
            }
            case "charge" -> {
                var intent = text(object, "payment_intent");
                yield new WebhookEvent(id, type, created, intent, null, key, null, null);
            }
            default -> new WebhookEvent(id, type, created, null, null, key, null, null);
        };
    }

    private static WebhookEvent about(
            String id,
            String type,
            Instant created,
            @Nullable String reference,
            @Nullable Map<String, String> metadata,
            @Nullable String key,
            @Nullable GatewayAnswer answer) {
        var payment = StripeAnswers.metadata(metadata, StripeAnswers.PAYMENT);
        var paymentId = payment != null && payment.matches("[0-9]{1,18}") ? Long.valueOf(payment) : null;
        var operation = key == null ? StripeAnswers.metadata(metadata, StripeAnswers.OPERATION) : key;
        return new WebhookEvent(id, type, created, reference, paymentId, operation, answer, null);
    }

    /** The key of the call that caused the event; none when the buyer did, or Stripe itself. */
    private static @Nullable String causeOf(JsonObject event) {
        var request = event.get("request");
        return request == null || !request.isJsonObject() ? null : text(request.getAsJsonObject(), "idempotency_key");
    }

    /** An event that leaves the state open says nothing. */
    private static @Nullable GatewayAnswer known(GatewayAnswer answer) {
        return answer instanceof GatewayAnswer.NoAnswer ? null : answer;
    }

    private static @Nullable String text(JsonObject object, String name) {
        var value = object.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }

    private static String required(JsonObject object, String name) {
        var value = text(object, name);
        if (value == null || value.isBlank()) throw new JsonParseException("no " + name);
        return value;
    }
}
