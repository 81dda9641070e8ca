package kontor.simulator;

import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import kontor.simulator.Intent.Status;
import org.jspecify.annotations.Nullable;

/**
 * What really happens: payment intents and refunds, and the rules by which they move, with Stripe's words. Every step is
 * one line of the book, taken over by it under the monitor of the intent that moves, so that the lines of an intent
 * stand in the order in which they happened.
 */
final class Acquirer {
    /** Most that Stripe takes: eight digits. */
    private static final long MOST = 99_999_999;

    /** Least that Stripe takes: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
    private static final Map<String, Long> LEAST = Map.of(
            "aud", 50L, "cad", 50L, "chf", 50L, "dkk", 250L, "eur", 50L, "gbp", 30L, "jpy", 50L, "nok", 300L, "sek",
            300L, "usd", 50L);

    private static final Set<String> CREATE_PARAMETERS = Set.of(
            "amount",
            "automatic_payment_methods",
            "capture_method",
            "confirm",
            "confirmation_method",
            "currency",
            "description",
            "error_on_requires_action",
            "expand",
            "metadata",
            "off_session",
            "payment_method",
            "payment_method_types",
            "receipt_email",
            "return_url",
            "shipping",
            "statement_descriptor_suffix",
            "use_stripe_sdk");
    private static final Set<String> CONFIRM_PARAMETERS =
            Set.of("error_on_requires_action", "expand", "off_session", "payment_method", "return_url");
    private static final Set<String> CAPTURE_PARAMETERS = Set.of("amount_to_capture", "expand");
    private static final Set<String> CANCEL_PARAMETERS = Set.of("cancellation_reason", "expand");
    private static final Set<String> REFUND_PARAMETERS =
            Set.of("amount", "charge", "expand", "metadata", "payment_intent", "reason");

    private final Book book;
    private final Clock clock;
    private final String pages;
    private final boolean sendsEvents;

    private final ConcurrentMap<String, Intent> intents = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Refund> refunds = new ConcurrentHashMap<>();
    /** Newest first, as lists show them. */
    private final ConcurrentLinkedDeque<Intent> intentsByAge = new ConcurrentLinkedDeque<>();

    private final ConcurrentLinkedDeque<Refund> refundsByAge = new ConcurrentLinkedDeque<>();

    /**
     * @param pages where a browser finds the simulator's own pages
     * @param sendsEvents whether there is anybody to tell
     */
    Acquirer(Book book, Clock clock, String pages, boolean sendsEvents) {
        this.book = book;
        this.clock = clock;
        this.pages = pages;
        this.sendsEvents = sendsEvents;
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found found) {
        var intentJson = found.object(Line.INTENT);
        if (intentJson != null) {
            var json = Json.read(intentJson);
            var known = intents.get(json.get("id").asString());
            var intent = known == null ? Intent.read(json, found.line().at()) : known.becomes(json);
            intent.confirmedUnder = found.line().confirmedUnder();
            if (known == null) remember(intent);
        }
        var refundJson = found.object(Line.REFUND);
        if (refundJson != null)
            remember(Refund.read(Json.read(refundJson), found.line().at()));
    }

    private void remember(Intent intent) {
        intents.put(intent.id, intent);
        intentsByAge.addFirst(intent);
    }

    private void remember(Refund refund) {
        refunds.put(refund.id(), refund);
        refundsByAge.addFirst(refund);
        intentOf(refund.intent()).refunded += refund.amount();
    }

    /** What a step came to: the answer, and the line that has to be on disk before it is given. */
    record Outcome(Reply reply, Line line, Book.Place place) {}

    // Creating and confirming

    Outcome create(Form form, Step step) {
        form.allowOnly(CREATE_PARAMETERS);
        var amount = required(form.amount("amount"), "amount");
        var currency = currencyIn(form);
        checkRange(amount, currency);
        var method = form.text("payment_method");
        var card = method == null ? null : cardOf(method);
        var confirm = form.isTrue("confirm");
        if (confirm && card == null) throw missing("payment_method");
        var alone = withoutBuyer(form);
        var now = clock.millis();
        var id = RandomIds.next("pi_");
        var intent = new Intent(
                id, RandomIds.secret(id + "_secret_"), amount, currency, manualCaptureIn(form), form.metadata(), now);
        intent.paymentMethod = method == null ? null : method.intern();
        intent.returnUrl = returnUrlIn(form);
        synchronized (intent) {
            var draft = new Line.Draft(now).under(step.key(), step.print());
            TestCard.Refusal refusal = null;
            if (confirm && card != null) {
                refusal = confirm(intent, card, alone, step, draft);
            } else {
                intent.status = card == null ? Status.REQUIRES_PAYMENT_METHOD : Status.REQUIRES_CONFIRMATION;
            }
            var outcome = record(intent, refusal, step, draft);
            remember(intent);
            return outcome;
        }
    }

    Outcome confirm(String id, Form form, Step step) {
        form.allowOnly(CONFIRM_PARAMETERS);
        var alone = withoutBuyer(form);
        var returnUrl = returnUrlIn(form);
        var intent = intentOf(id);
        synchronized (intent) {
            if (intent.status != Status.REQUIRES_CONFIRMATION && intent.status != Status.REQUIRES_PAYMENT_METHOD) {
                throw Refused.unexpectedState(
                        "You cannot confirm this PaymentIntent because it has a status of " + intent.status.wire()
                                + ".",
                        intent);
            }
            var given = form.text("payment_method");
            var method = given == null ? intent.paymentMethod : given;
            if (method == null) throw missing("payment_method");
            var card = cardOf(method);
            if (returnUrl != null) intent.returnUrl = returnUrl;
            intent.paymentMethod = method;
            var draft = new Line.Draft(clock.millis()).under(step.key(), step.print());
            return record(intent, confirm(intent, card, alone, step, draft), step, draft);
        }
    }

    /** Nobody is there to authenticate, or the caller would rather not wait for it. */
    private static boolean withoutBuyer(Form form) {
        var refuseAction = form.isTrue("error_on_requires_action");
        return form.isTrue("off_session") || refuseAction; // both read, so that both are checked
    }

    /** @return how it was refused; {@code null} when it was not */
    private TestCard.@Nullable Refusal confirm(
            Intent intent, TestCard card, boolean withoutBuyer, Step step, Line.Draft draft) {
        intent.confirmedUnder = step.key();
        intent.lastRefusal = null;
        if (step.refusal() != null) return settle(intent, step.refusal(), draft);
        if (!card.authenticates() && !step.authentication()) return settle(intent, card.refusal(), draft);
        if (withoutBuyer) return settle(intent, TestCard.AUTHENTICATION_REQUIRED, draft);
        intent.status = Status.REQUIRES_ACTION;
        intent.actionUrl = pages + "/3d_secure/" + intent.id + "?secret=" + intent.clientSecret;
        tell(draft, "payment_intent.requires_action");
        return null;
    }

    /** The buyer authenticates, or fails to. Nothing happens when that is not what is waited for. */
    @Nullable
    Outcome authenticate(String id, boolean successful) {
        var intent = intentOf(id);
        synchronized (intent) {
            if (intent.status != Status.REQUIRES_ACTION) return null;
            var card = intent.paymentMethod == null ? null : TestCard.of(intent.paymentMethod);
            var refusal = card == null ? null : card.refusal();
            intent.actionUrl = null;
            var draft = new Line.Draft(clock.millis());
            settle(intent, successful ? refusal : TestCard.AUTHENTICATION_FAILED, draft);
            return record(intent, null, Step.BY_THE_BUYER, draft);
        }
    }

    /** The bank's word. @return {@code refusal} */
    private TestCard.@Nullable Refusal settle(Intent intent, TestCard.@Nullable Refusal refusal, Line.Draft draft) {
        intent.charge = RandomIds.next("ch_");
        if (refusal != null) {
            intent.status = Status.REQUIRES_PAYMENT_METHOD;
            intent.lastRefusal = refusal;
            intent.paymentMethod = null;
            tell(draft, "payment_intent.payment_failed");
        } else if (intent.manualCapture) {
            intent.status = Status.REQUIRES_CAPTURE;
            intent.capturable = intent.amount;
            draft.effect(effect("authorized", intent, null, intent.amount, intent.confirmedUnder));
            tell(draft, "payment_intent.amount_capturable_updated");
        } else {
            intent.status = Status.SUCCEEDED;
            intent.received = intent.amount;
            draft.effect(effect("captured", intent, null, intent.amount, intent.confirmedUnder));
            tell(draft, "payment_intent.succeeded");
        }
        return refusal;
    }

    // After that

    Outcome capture(String id, Form form, Step step) {
        form.allowOnly(CAPTURE_PARAMETERS);
        var wanted = form.amount("amount_to_capture");
        var intent = intentOf(id);
        synchronized (intent) {
            if (intent.status != Status.REQUIRES_CAPTURE) {
                throw Refused.unexpectedState(
                        "This PaymentIntent could not be captured because it has a status of " + intent.status.wire()
                                + ". Only a PaymentIntent with one of the following statuses may be captured:"
                                + " requires_capture.",
                        intent);
            }
            var amount = wanted == null ? intent.capturable : wanted;
            if (amount > intent.capturable) {
                throw Refused.about(
                        intent,
                        "amount_too_large",
                        "The provided `amount_to_capture` is greater than what can be captured.",
                        "amount_to_capture");
            }
            intent.status = Status.SUCCEEDED;
            intent.received = amount;
            intent.capturable = 0;
            var draft = new Line.Draft(clock.millis())
                    .under(step.key(), step.print())
                    .effect(effect("captured", intent, null, amount, step.key()));
            tell(draft, "payment_intent.succeeded");
            return record(intent, null, step, draft);
        }
    }

    Outcome cancel(String id, Form form, Step step) {
        form.allowOnly(CANCEL_PARAMETERS);
        var intent = intentOf(id);
        synchronized (intent) {
            if (intent.status == Status.SUCCEEDED || intent.status == Status.CANCELED) {
                throw Refused.unexpectedState(
                        "You cannot cancel this PaymentIntent because it has a status of " + intent.status.wire()
                                + ". Only a PaymentIntent with one of the following statuses may be canceled:"
                                + " requires_payment_method, requires_capture, requires_confirmation,"
                                + " requires_action, processing.",
                        intent);
            }
            var draft = new Line.Draft(clock.millis()).under(step.key(), step.print());
            if (intent.capturable > 0) draft.effect(effect("voided", intent, null, intent.capturable, step.key()));
            intent.status = Status.CANCELED;
            intent.capturable = 0;
            intent.actionUrl = null;
            intent.canceledAt = clock.millis() / 1000;
            tell(draft, "payment_intent.canceled");
            return record(intent, null, step, draft);
        }
    }

    Outcome refund(Form form, Step step) {
        form.allowOnly(REFUND_PARAMETERS);
        var id = form.text("payment_intent");
        if (id == null) throw missing("payment_intent");
        var wanted = form.amount("amount");
        var metadata = form.metadata();
        var intent = intentOf(id);
        synchronized (intent) {
            if (intent.received == 0) {
                throw Refused.unexpectedState(
                        "This PaymentIntent (" + id + ") does not have a successful charge to refund.", intent);
            }
            var left = intent.received - intent.refunded;
            if (left == 0) {
                throw Refused.invalid(
                        "charge_already_refunded", "Charge " + intent.charge + " has already been refunded.", null);
            }
            var amount = wanted == null ? left : wanted;
            if (amount > left) {
                throw Refused.invalid(
                        null,
                        "Refund amount (%d) is greater than unrefunded amount on charge (%d)".formatted(amount, left),
                        "amount");
            }
            var now = clock.millis();
            var refund = new Refund(
                    RandomIds.next("re_"),
                    id,
                    intent.charge,
                    amount,
                    intent.currency,
                    metadata,
                    form.text("reason"),
                    now);
            var draft = new Line.Draft(now)
                    .under(step.key(), step.print())
                    .effect(effect("refunded", intent, refund, amount, step.key()));
            tell(draft, "refund.created");
            tell(draft, "charge.refunded");
            var refundJson = refund.json();
            remember(refund);
            draft.object(Line.REFUND, refundJson).object(Line.CHARGE, intent.chargeJson());
            return record(step, draft, Reply.json(200, refundJson));
        }
    }

    private Outcome record(Intent intent, TestCard.@Nullable Refusal refusal, Step step, Line.Draft draft) {
        var json = intent.json();
        draft.confirmedUnder(intent.confirmedUnder).object(Line.INTENT, json);
        if (refusal == null) return record(step, draft, Reply.json(200, json));
        var error = StripeErrors.cardError(refusal, intent.charge, json);
        draft.object(Line.ANSWER, error);
        return record(step, draft, Reply.json(402, error));
    }

    private Outcome record(Step step, Line.Draft draft, Reply reply) {
        var answer = reply;
        if (step.brokenAnswer()) {
            answer = Reply.json(500, StripeErrors.serverError());
            draft.object(Line.ANSWER, answer.body());
        }
        var written = draft.answered(answer.status()).write();
        var place = book.append(written.bytes());
        return new Outcome(answer, written.line().movedBy(place.offset()), place);
    }

    /** A server error before anything was executed; it is what the key stands for from then on. */
    Outcome failBefore(Step step) {
        var draft = new Line.Draft(clock.millis()).under(step.key(), step.print());
        return record(step.answeringBroken(), draft, Reply.json(500, new byte[0]));
    }

    private void tell(Line.Draft draft, String type) {
        if (sendsEvents) draft.event(new Event(RandomIds.next("evt_"), type));
    }

    /** @param key of the call that this is the effect of */
    private byte[] effect(String kind, Intent intent, @Nullable Refund refund, long amount, @Nullable String key) {
        return Json.object(json -> {
            json.writeStringProperty("at", Instant.ofEpochMilli(clock.millis()).toString());
            json.writeStringProperty("kind", kind);
            json.writeStringProperty("payment_intent", intent.id);
            json.writeStringProperty("refund", refund == null ? null : refund.id());
            json.writeNumberProperty("amount", amount);
            json.writeStringProperty("currency", intent.currency);
            json.writeStringProperty("idempotency_key", key);
            Json.strings(json, "metadata", intent.metadata);
        });
    }

    // Looking

    byte[] intent(String id) {
        var intent = intentOf(id);
        synchronized (intent) {
            return intent.json();
        }
    }

    byte[] refund(String id) {
        var refund = refunds.get(id);
        if (refund == null) throw Refused.notFound("refund", id);
        return refund.json();
    }

    Iterable<Intent> intentsByAge() {
        return intentsByAge;
    }

    Iterable<Refund> refundsByAge() {
        return refundsByAge;
    }

    int intentCount() {
        return intents.size();
    }

    /** @throws Refused with Stripe's 404 */
    Intent intentOf(String id) {
        var intent = intents.get(id);
        if (intent == null) throw Refused.notFound("payment_intent", id);
        return intent;
    }

    // What a request may say

    private static TestCard cardOf(String method) {
        var card = TestCard.of(method);
        if (card != null) return card;
        // A card number may stand there by mistake, so what was sent is not repeated.
        throw Refused.invalid(
                "resource_missing", "No such PaymentMethod: only test cards exist here.", "payment_method");
    }

    private static String currencyIn(Form form) {
        var currency = required(form.text("currency"), "currency").toLowerCase(Locale.ROOT);
        try {
            return Currency.getInstance(currency.toUpperCase(Locale.ROOT))
                    .getCurrencyCode()
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw Refused.invalid(null, "Invalid currency: it is not an ISO 4217 code.", "currency");
        }
    }

    private static void checkRange(long amount, String currency) {
        if (amount > MOST) {
            throw Refused.invalid("amount_too_large", "Amount must be no more than " + MOST + ".", "amount");
        }
        long least = LEAST.getOrDefault(currency, 1L);
        if (amount < least) {
            throw Refused.invalid(
                    "amount_too_small", "Amount must be at least " + least + " " + currency + ".", "amount");
        }
    }

    private static boolean manualCaptureIn(Form form) {
        var method = form.text("capture_method");
        if (method == null || method.equals("automatic") || method.equals("automatic_async")) return false;
        if (method.equals("manual")) return true;
        throw Refused.invalid(
                null, "Invalid capture_method: must be one of automatic, automatic_async, or manual", "capture_method");
    }

    private static @Nullable String returnUrlIn(Form form) {
        var url = form.text("return_url");
        if (url == null || WebAddress.isOne(url)) return url;
        throw Refused.invalid("url_invalid", "Not a valid URL", "return_url");
    }

    private static <T> T required(@Nullable T value, String name) {
        if (value == null) throw missing(name);
        return value;
    }

    private static Refused missing(String name) {
        return Refused.invalid("parameter_missing", "Missing required param: " + name + ".", name);
    }
}
