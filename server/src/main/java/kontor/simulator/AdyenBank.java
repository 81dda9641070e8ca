package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import kontor.simulator.AdyenPayment.Status;
import org.jspecify.annotations.Nullable;

/**
 * What really happens to payments that are made through Adyen's form. What is done with a payment afterwards is carried out
 * at once and told by a message only. Every step is one line of the book, taken over by it under the monitor of the payment
 * that moves.
 */
final class AdyenBank {
    /** The payment, and the items of messages, in a line of the book. */
    static final String PAYMENT = "adyen_payment";

    static final String ITEMS = "adyen_items";
    /** Keys of calls stand in the book among those of Stripe's form. */
    static final String KEY_PREFIX = "adyen ";

    private static final String LETTERS = "0123456789BCDFGHJKLMNPQRSTVWXZ";
    private static final int NAME_LENGTH = 16;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

    private final Book book;
    private final Clock clock;
    private final String pages;

    private final Map<String, AdyenPayment> byName = new ConcurrentHashMap<>();
    private final Map<String, AdyenPayment> byReference = new ConcurrentHashMap<>();
    private final Map<String, AdyenPayment> byRedirectResult = new ConcurrentHashMap<>();

    /** @param pages where a browser finds the simulator's own pages */
    AdyenBank(Book book, Clock clock, String pages) {
        this.book = book;
        this.clock = clock;
        this.pages = pages;
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found found) {
        var json = found.object(PAYMENT);
        if (json != null) remember(AdyenPayment.read(Json.read(json)));
    }

    private void remember(AdyenPayment payment) {
        byName.put(payment.pspReference, payment);
        byReference.put(payment.reference, payment);
        byRedirectResult.put(payment.redirectResult, payment);
    }

    /** One call: what names it, and what is asked for under that name. */
    record Call(@Nullable String key, @Nullable String print) {
        static final Call BY_THE_BUYER = new Call(null, null);
        static final Call BY_THE_BANK = BY_THE_BUYER;
    }

    /**
     * What a step came to: the answer, and the line that has to be on disk before it is given.
     *
     * @param items of the messages that it causes
     * @param undecided the payment, when its bank takes its time
     */
    record Outcome(
            Reply reply,
            Line line,
            Book.Place place,
            List<byte[]> items,
            @Nullable AdyenPayment undecided) {}

    /** What a step writes down. */
    final class Draft {
        private final AdyenPayment payment;
        private final Call call;
        private final Line.Draft line = new Line.Draft(clock.millis());
        private final List<byte[]> items = new ArrayList<>();

        private Draft(AdyenPayment payment, Call call) {
            this.payment = payment;
            this.call = call;
        }

        void effect(String kind, long value, @Nullable String refund, @Nullable String key) {
            line.effect(Json.object(json -> {
                json.writeStringProperty("at", clock.instant().toString());
                json.writeStringProperty("kind", kind);
                json.writeStringProperty("payment_intent", payment.pspReference);
                json.writeStringProperty("refund", refund);
                json.writeNumberProperty("amount", value);
                json.writeStringProperty("currency", payment.currency.toLowerCase(Locale.ROOT));
                json.writeStringProperty("idempotency_key", key);
                Json.strings(json, "metadata", payment.metadata);
            }));
        }

        void tell(String code, @Nullable String changedBy, String reference, long value, String failure) {
            items.add(AdyenReplies.item(
                    payment,
                    code,
                    changedBy == null ? payment.pspReference : changedBy,
                    changedBy == null ? null : payment.pspReference,
                    reference,
                    value,
                    failure.isEmpty(),
                    failure,
                    DATE.format(
                            Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC))));
        }

        Outcome record(int status, byte[] answer) {
            if (call.key() != null) line.under(KEY_PREFIX + call.key(), call.print());
            line.object(PAYMENT, payment.json()).object(Line.ANSWER, answer).answered(status);
            if (!items.isEmpty()) line.object(ITEMS, array(items));
            var written = line.write();
            var place = book.append(written.bytes());
            return new Outcome(
                    Reply.json(status, answer),
                    written.line().movedBy(place.offset()),
                    place,
                    List.copyOf(items),
                    payment.status == Status.PENDING ? payment : null);
        }
    }

    private static byte[] array(List<byte[]> items) {
        var text = new StringBuilder("[");
        for (var item : items) {
            if (text.length() > 1) text.append(',');
            text.append(new String(item, StandardCharsets.UTF_8));
        }
        return text.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    // Paying

    /** @param disturbed what a fault makes of the card */
    Outcome pay(AdyenRequest request, Call call, UnaryOperator<AdyenCard> disturbed) {
        var amount = request.amount();
        var name = request.text("paymentMethod/storedPaymentMethodId");
        var known = name == null ? null : AdyenCard.of(name);
        // A card number may stand there by mistake, so what was sent is not repeated.
        if (name == null || known == null)
            throw new AdyenRefused(AdyenReplies.invalid("803", "PaymentDetail not found"));
        var card = disturbed.apply(known);
        var url = request.text("returnUrl");
        if (url != null && !WebAddress.isOne(url))
            throw new AdyenRefused(AdyenReplies.invalid("14_012", "The returnUrl is invalid"));
        var payment = new AdyenPayment(
                name(),
                request.required("reference"),
                request.required("merchantAccount"),
                amount.value(),
                amount.currency(),
                "true".equals(request.text("additionalData/manualCapture")),
                name,
                RandomIds.secret(""),
                RandomIds.secret("rr"),
                url,
                call.key(),
                request.metadata());
        synchronized (payment) {
            var draft = new Draft(payment, call);
            var alone = "never".equals(request.text("authenticationData/attemptAuthentication"));
            Outcome outcome;
            if (card.authenticates() && alone) {
                refuse(draft, AdyenCard.AUTHENTICATION_REQUIRED);
                outcome = draft.record(200, AdyenReplies.result(payment));
            } else if (card.authenticates()) {
                payment.status = Status.WAITING;
                outcome = draft.record(200, AdyenReplies.redirect(payment, pageOf(payment)));
            } else if (card.pending()) {
                outcome = draft.record(200, AdyenReplies.result(payment));
            } else {
                decide(draft, card);
                outcome = draft.record(200, AdyenReplies.result(payment));
            }
            remember(payment);
            return outcome;
        }
    }

    private String pageOf(AdyenPayment payment) {
        return pages + "/adyen/3d_secure/" + payment.pspReference + "?secret=" + payment.secret;
    }

    /** The bank's word. */
    private static void decide(Draft draft, AdyenCard card) {
        if (card.refusal() != null) {
            refuse(draft, card.refusal());
            return;
        }
        var payment = draft.payment;
        payment.status = Status.AUTHORISED;
        if (payment.manualCapture) {
            draft.effect("authorized", payment.value, null, payment.key);
        } else {
            payment.captured = payment.value;
            draft.effect("captured", payment.value, null, payment.key);
        }
        draft.tell("AUTHORISATION", null, payment.reference, payment.value, "");
    }

    private static void refuse(Draft draft, int reason) {
        draft.payment.status = Status.REFUSED;
        draft.payment.refusal = reason;
        draft.tell("AUTHORISATION", null, draft.payment.reference, draft.payment.value, AdyenCard.reason(reason));
    }

    /** What became of a payment whose bank took its time; {@code null} when it has been said. */
    @Nullable
    Outcome decideLater(AdyenPayment payment) {
        synchronized (payment) {
            if (payment.status != Status.PENDING) return null;
            var draft = new Draft(payment, Call.BY_THE_BANK);
            decide(draft, cardOf(payment));
            return draft.record(0, AdyenReplies.result(payment));
        }
    }

    List<AdyenPayment> pending() {
        return byName.values().stream()
                .filter(payment -> {
                    synchronized (payment) {
                        return payment.status == Status.PENDING;
                    }
                })
                .toList();
    }

    /** The buyer authenticates, or fails to. Nothing happens when that is not what is waited for. */
    @Nullable
    Outcome authenticate(AdyenPayment payment, boolean successful) {
        synchronized (payment) {
            if (payment.status != Status.WAITING) return null;
            var card = cardOf(payment);
            var draft = new Draft(payment, Call.BY_THE_BUYER);
            decide(draft, successful ? card : card.refusing(AdyenCard.AUTHENTICATION_FAILED));
            return draft.record(0, AdyenReplies.result(payment));
        }
    }

    private static AdyenCard cardOf(AdyenPayment payment) {
        var card = AdyenCard.of(payment.card);
        if (card == null) throw new IllegalStateException("no such card: " + payment.card);
        return card;
    }

    /** What became of a payment whose buyer has come back. Changes nothing. */
    Reply details(AdyenRequest request) {
        var result = request.text("details/redirectResult");
        var payment = result == null ? null : byRedirectResult.get(result);
        if (payment == null) throw new AdyenRefused(AdyenReplies.invalid("14_030", "The redirectResult is invalid"));
        synchronized (payment) {
            if (payment.status == Status.WAITING)
                throw new AdyenRefused(AdyenReplies.invalid("14_030", "The redirectResult is invalid"));
            return Reply.json(200, AdyenReplies.result(payment));
        }
    }

    // After that

    Outcome capture(String name, AdyenRequest request, Call call) {
        var payment = payment(name);
        var amount = request.amount();
        var reference = request.required("reference");
        synchronized (payment) {
            var draft = new Draft(payment, call);
            var changed = name();
            var failure = !amount.currency().equals(payment.currency)
                    ? "Currency mismatch"
                    : payment.status != Status.AUTHORISED
                            ? "Transaction is not authorised"
                            : amount.value() > payment.value - payment.captured
                                    ? "Insufficient balance on payment"
                                    : "";
            if (failure.isEmpty()) {
                payment.captured += amount.value();
                draft.effect("captured", amount.value(), null, call.key());
            }
            draft.tell("CAPTURE", changed, reference, amount.value(), failure);
            if (failure.isEmpty() && cardOf(payment).captureFails()) {
                payment.captured -= amount.value();
                draft.effect("capture_failed", amount.value(), null, call.key());
                draft.tell("CAPTURE_FAILED", changed, reference, amount.value(), "Capture Failed");
            }
            return draft.record(
                    201,
                    AdyenReplies.received(payment, changed, reference, "paymentPspReference", name, amount.value()));
        }
    }

    Outcome refund(String name, AdyenRequest request, Call call) {
        var payment = payment(name);
        var amount = request.amount();
        var reference = request.required("reference");
        synchronized (payment) {
            var draft = new Draft(payment, call);
            var changed = name();
            var failure = !amount.currency().equals(payment.currency)
                    ? "Currency mismatch"
                    : amount.value() > payment.left() ? "Insufficient balance on payment" : "";
            if (failure.isEmpty()) {
                payment.refunded += amount.value();
                draft.effect("refunded", amount.value(), changed, call.key());
            }
            draft.tell("REFUND", changed, reference, amount.value(), failure);
            if (failure.isEmpty() && cardOf(payment).refundFails()) {
                payment.refunded -= amount.value();
                draft.effect("refund_failed", amount.value(), changed, call.key());
                draft.tell("REFUND_FAILED", changed, reference, amount.value(), "Refund Failed");
            }
            return draft.record(
                    201,
                    AdyenReplies.received(payment, changed, reference, "paymentPspReference", name, amount.value()));
        }
    }

    Outcome cancel(String name, AdyenRequest request, Call call) {
        return cancel(payment(name), request, call, "CANCELLATION", "paymentPspReference", name);
    }

    /** Of a payment that is called by what its merchant named it. */
    Outcome cancelByReference(AdyenRequest request, Call call) {
        var reference = request.required("paymentReference");
        var payment = byReference.get(reference);
        if (payment == null) throw new AdyenRefused(AdyenReplies.invalid("167", "Original payment not found"));
        return cancel(payment, request, call, "TECHNICAL_CANCEL", "paymentReference", reference);
    }

    private Outcome cancel(
            AdyenPayment payment, AdyenRequest request, Call call, String code, String named, String name) {
        var reference = request.text("reference") == null ? payment.reference : request.required("reference");
        synchronized (payment) {
            var draft = new Draft(payment, call);
            var changed = name();
            var failure = payment.captured > 0
                    ? "Transaction has already been captured"
                    : payment.status == Status.REFUSED ? "Transaction was refused" : "";
            if (failure.isEmpty() && payment.status != Status.CANCELLED && payment.status != Status.EXPIRED) {
                if (payment.status == Status.AUTHORISED) draft.effect("voided", payment.value, null, call.key());
                payment.status = Status.CANCELLED;
            }
            draft.tell(code, changed, reference, payment.value, failure);
            return draft.record(201, AdyenReplies.received(payment, changed, reference, named, name, null));
        }
    }

    /**
     * The bank lets go what is left of a hold.
     *
     * @throws IllegalArgumentException when nothing is held
     */
    Outcome expire(AdyenPayment payment) {
        synchronized (payment) {
            var left = payment.value - payment.captured;
            if (payment.status != Status.AUTHORISED || left == 0)
                throw new IllegalArgumentException("Nothing is held of this payment.");
            payment.status = Status.EXPIRED;
            var draft = byTheBank(payment);
            draft.effect("voided", left, null, null);
            draft.tell("EXPIRE", name(), payment.reference, payment.value, "");
            return draft.record(200, AdyenReplies.result(payment));
        }
    }

    /** Of a step that the bank takes on its own; the caller holds the payment's monitor. */
    Draft byTheBank(AdyenPayment payment) {
        return new Draft(payment, Call.BY_THE_BANK);
    }

    /** @throws AdyenRefused when there is none */
    AdyenPayment payment(String name) {
        var payment = byName.get(name);
        if (payment == null) throw new AdyenRefused(AdyenReplies.invalid("167", "Original pspReference is invalid"));
        return payment;
    }

    /** A name in Adyen's manner, that nobody has had before. */
    static String name() {
        var name = new StringBuilder(NAME_LENGTH);
        for (var i = 0; i < NAME_LENGTH; i++)
            name.append(LETTERS.charAt(ThreadLocalRandom.current().nextInt(LETTERS.length())));
        return name.toString();
    }
}
