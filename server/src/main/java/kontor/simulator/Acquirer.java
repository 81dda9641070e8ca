package kontor.simulator;

import java.time.Clock;
import java.util.Map;
import java.util.Objects;
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
    private final Clerk clerk;
    private final Fees fees;
    private final Clock clock;
    private final String pages;

    private final ConcurrentMap<String, Intent> intents = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Refund> refunds = new ConcurrentHashMap<>();
    /** Newest first, as lists show them. */
    private final ConcurrentLinkedDeque<Intent> intentsByAge = new ConcurrentLinkedDeque<>();

    private final ConcurrentLinkedDeque<String> refundsByAge = new ConcurrentLinkedDeque<>();

    /** @param pages where a browser finds the simulator's own pages */
    Acquirer(Clerk clerk, Fees fees, Clock clock, String pages) {
        this.clerk = clerk;
        this.fees = fees;
        this.clock = clock;
        this.pages = pages;
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
            recall(Refund.read(Json.read(refundJson), found.line().at()));
    }

    private void remember(Intent intent) {
        intents.put(intent.id, intent);
        intentsByAge.addFirst(intent);
    }

    private void recall(Refund refund) {
        var before = refunds.get(refund.id());
        remember(before == null || refund.failureReason() == null ? refund : before.failing(refund.failureReason()));
    }

    private void remember(Refund refund) {
        var before = refunds.put(refund.id(), refund);
        if (before == null) refundsByAge.addFirst(refund.id());
        if (before == null) intentOf(refund.intent()).refunded += refund.amount();
        else if (refund.failed() && !before.failed()) intentOf(refund.intent()).refunded -= refund.amount();
    }

    /**
     * What a step came to: the answer, and the line that has to be on disk before it is given.
     *
     * @param disputed a payment that its buyer disputes at once; {@code null} for all others
     * @param returned a refund that the buyer's bank sends back at once; {@code null} for all others
     */
    record Outcome(
            Reply reply,
            Line line,
            Book.Place place,
            @Nullable Intent disputed,
            @Nullable Refund returned) {
        Outcome disputing(Intent intent) {
            return new Outcome(reply, line, place, intent, null);
        }

        Outcome returning(Refund refund) {
            return new Outcome(reply, line, place, null, refund);
        }
    }

    // Creating and confirming

    Outcome create(Form form, Step step) {
        form.allowOnly(Parameters.CREATE);
        var amount = Parameters.required(form.amount("amount"), "amount");
        var currency = Parameters.currencyIn(form);
        Parameters.checkRange(amount, currency);
        var method = form.text("payment_method");
        var card = method == null ? null : Parameters.cardOf(method);
        var confirm = form.isTrue("confirm");
        if (confirm && card == null) throw Parameters.missing("payment_method");
        var alone = withoutBuyer(form);
        var now = clock.millis();
        var id = RandomIds.next("pi_");
        var intent = new Intent(
                id,
                RandomIds.secret(id + "_secret_"),
                amount,
                currency,
                Parameters.manualCaptureIn(form),
                form.metadata(),
                now);
        intent.paymentMethod = method == null ? null : method.intern();
        intent.returnUrl = Parameters.returnUrlIn(form);
        intent.multicapture = intent.manualCapture && Parameters.multicaptureIn(form);
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
        form.allowOnly(Parameters.CONFIRM);
        var alone = withoutBuyer(form);
        var returnUrl = Parameters.returnUrlIn(form);
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
            if (method == null) throw Parameters.missing("payment_method");
            var card = Parameters.cardOf(method);
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
        Clerk.tell(draft, "payment_intent.requires_action");
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
            Clerk.tell(draft, "payment_intent.payment_failed");
        } else if (intent.manualCapture) {
            intent.status = Status.REQUIRES_CAPTURE;
            intent.capturable = intent.amount;
            draft.effect(clerk.effect("authorized", intent, null, intent.amount, intent.confirmedUnder));
            Clerk.tell(draft, "payment_intent.amount_capturable_updated");
        } else {
            intent.status = Status.SUCCEEDED;
            take(intent, intent.amount, intent.confirmedUnder, draft);
            Clerk.tell(draft, "payment_intent.succeeded");
        }
        return refusal;
    }

    private void take(Intent intent, long amount, @Nullable String key, Line.Draft draft) {
        intent.received += amount;
        var charge = Parameters.required(intent.charge, "charge");
        draft.effect(clerk.effect("captured", intent, null, amount, key))
                .moves(BalanceTransaction.of(
                        BalanceTransaction.Kind.CHARGE, amount, fees.ofCharge(amount), intent, charge, clock.millis()));
    }

    // After that

    Outcome capture(String id, Form form, Step step) {
        form.allowOnly(Parameters.CAPTURE);
        var wanted = form.amount("amount_to_capture");
        var last = form.text("final_capture") == null || form.isTrue("final_capture");
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
            if (!last && !intent.multicapture) {
                throw Refused.about(
                        intent,
                        "parameter_invalid",
                        "You can only set `final_capture` to false when multicapture is available for this"
                                + " PaymentIntent.",
                        "final_capture");
            }
            var draft = new Line.Draft(clock.millis()).under(step.key(), step.print());
            take(intent, amount, step.key(), draft);
            intent.capturable = last ? 0 : intent.capturable - amount;
            if (intent.capturable == 0) intent.status = Status.SUCCEEDED;
            Clerk.tell(
                    draft,
                    intent.capturable == 0 ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated");
            return record(intent, null, step, draft);
        }
    }

    Outcome cancel(String id, Form form, Step step) {
        form.allowOnly(Parameters.CANCEL);
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
            if (intent.capturable > 0)
                draft.effect(clerk.effect("voided", intent, null, intent.capturable, step.key()));
            intent.status = Status.CANCELED;
            intent.capturable = 0;
            intent.actionUrl = null;
            intent.canceledAt = clock.millis() / 1000;
            Clerk.tell(draft, "payment_intent.canceled");
            return record(intent, null, step, draft);
        }
    }

    Outcome refund(Form form, Step step) {
        form.allowOnly(Parameters.REFUND);
        var id = form.text("payment_intent");
        if (id == null) throw Parameters.missing("payment_intent");
        var wanted = form.amount("amount");
        var metadata = form.metadata();
        var intent = intentOf(id);
        synchronized (intent) {
            if (intent.received == 0) {
                throw Refused.unexpectedState(
                        "This PaymentIntent (" + id + ") does not have a successful charge to refund.", intent);
            }
            if (intent.dispute != null && intent.dispute.status() != Dispute.Status.WON) {
                throw Refused.invalid(
                        "charge_disputed",
                        "Charge " + intent.charge + " has been charged back; cannot issue a refund.",
                        null);
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
                    null,
                    now);
            var draft = new Line.Draft(now)
                    .under(step.key(), step.print())
                    .effect(clerk.effect("refunded", intent, refund, amount, step.key()))
                    .moves(BalanceTransaction.of(BalanceTransaction.Kind.REFUND, -amount, 0, intent, refund.id(), now));
            Clerk.tell(draft, "refund.created");
            Clerk.tell(draft, "charge.refunded");
            var refundJson = refund.json();
            remember(refund);
            draft.object(Line.REFUND, refundJson).object(Line.CHARGE, intent.chargeJson());
            var outcome = clerk.record(step, draft, Reply.json(200, refundJson));
            return TestCard.refundFails(intent.paymentMethod) ? outcome.returning(refund) : outcome;
        }
    }

    /** The card of the refund is not there any more. */
    Outcome sendBack(Refund refund) {
        return failRefund(refund.id(), new Form(Map.of("reason", "expired_or_canceled_card")));
    }

    /**
     * The buyer's bank sends a refund back: the money is the shop's again.
     *
     * @param form {@code reason}, such as {@code expired_or_canceled_card}
     */
    Outcome failRefund(String id, Form form) {
        form.allowOnly(Set.of("reason"));
        var reason = form.text("reason");
        var found = refunds.get(id);
        if (found == null) throw Refused.notFound("refund", id);
        var intent = intentOf(found.intent());
        synchronized (intent) {
            var refund = of(refunds.get(id));
            if (refund.failed()) throw Refused.invalid(null, "Refund " + id + " has failed already.", null);
            var failed = refund.failing(reason == null ? "unknown" : reason);
            var now = clock.millis();
            var draft = new Line.Draft(now)
                    .effect(clerk.effect("refund_failed", intent, failed, failed.amount(), null))
                    .moves(BalanceTransaction.of(
                            BalanceTransaction.Kind.REFUND_FAILURE, failed.amount(), 0, intent, id, now));
            Clerk.tell(draft, "refund.failed");
            remember(failed);
            var json = failed.json();
            draft.object(Line.REFUND, json).object(Line.CHARGE, intent.chargeJson());
            return clerk.record(Step.BY_THE_ACQUIRER, draft, Reply.json(200, json));
        }
    }

    private static Refund of(@Nullable Refund refund) {
        return Objects.requireNonNull(refund, "refunds are never forgotten");
    }

    private Outcome record(Intent intent, TestCard.@Nullable Refusal refusal, Step step, Line.Draft draft) {
        var json = intent.json();
        draft.confirmedUnder(intent.confirmedUnder).object(Line.INTENT, json);
        if (refusal == null) {
            var outcome = clerk.record(step, draft, Reply.json(200, json));
            return isDisputedAtOnce(intent) ? outcome.disputing(intent) : outcome;
        }
        var error = StripeErrors.cardError(refusal, intent.charge, json);
        draft.object(Line.ANSWER, error);
        return clerk.record(step, draft, Reply.json(402, error));
    }

    private static boolean isDisputedAtOnce(Intent intent) {
        return intent.status == Status.SUCCEEDED
                && intent.paymentMethod != null
                && TestCard.disputeReasonOf(intent.paymentMethod) != null;
    }

    // Looking

    byte[] intent(String id) {
        var intent = intentOf(id);
        synchronized (intent) {
            return intent.json();
        }
    }

    /** The charge behind a payment. */
    byte[] charge(String intentId) {
        var intent = intentOf(intentId);
        synchronized (intent) {
            return intent.chargeJson();
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
        return () -> refundsByAge.stream().map(id -> of(refunds.get(id))).iterator();
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
}
