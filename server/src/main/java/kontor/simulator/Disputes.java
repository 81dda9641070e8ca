package kontor.simulator;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens and closes disputes, with Stripe's rules: the amount is withdrawn with a fee when one is opened, and given back
 * without the fee when it is won. What is disputed, or was lost, cannot be refunded.
 */
final class Disputes {
    static final List<String> REASONS = List.of(
            "fraudulent",
            "product_not_received",
            "duplicate",
            "product_unacceptable",
            "credit_not_processed",
            "subscription_canceled",
            "unrecognized",
            "general");
    private static final Set<String> PARAMETERS = Set.of("payment_intent", "amount", "reason");

    private final Acquirer acquirer;
    private final Clerk clerk;
    private final Fees fees;
    private final Clock clock;
    private final Timeline<Dispute> disputes = new Timeline<>("dispute", Dispute::id);

    Disputes(Acquirer acquirer, Clerk clerk, Fees fees, Clock clock) {
        this.acquirer = acquirer;
        this.clerk = clerk;
        this.fees = fees;
        this.clock = clock;
    }

    /** {@code payment_intent}, and if not all of it or not {@code fraudulent}, {@code amount} and {@code reason}. */
    Acquirer.Outcome open(Form form) {
        form.allowOnly(PARAMETERS);
        var id = Parameters.required(form.text("payment_intent"), "payment_intent");
        var reason = form.text("reason");
        if (reason != null && !REASONS.contains(reason)) {
            throw Refused.invalid(null, "reason is one of " + String.join(", ", REASONS) + ".", "reason");
        }
        return open(acquirer.intentOf(id), form.amount("amount"), reason == null ? "fraudulent" : reason);
    }

    /** @param wanted {@code null} for all that was captured and not paid back */
    Acquirer.Outcome open(Intent intent, @Nullable Long wanted, String reason) {
        synchronized (intent) {
            var left = intent.received - intent.refunded;
            if (left == 0) throw Refused.unexpectedState("This PaymentIntent has nothing to dispute.", intent);
            if (intent.dispute != null && intent.dispute.status() != Dispute.Status.WON) {
                throw Refused.unexpectedState("This PaymentIntent is disputed already.", intent);
            }
            var amount = wanted == null ? left : wanted;
            if (amount > left) {
                throw Refused.invalid(null, "amount is greater than what can be disputed (" + left + ").", "amount");
            }
            var now = clock.millis();
            var id = RandomIds.next("du_");
            var movement =
                    BalanceTransaction.of(BalanceTransaction.Kind.DISPUTE, -amount, fees.dispute(), intent, id, now);
            var dispute = new Dispute(
                    id,
                    intent.id,
                    intent.charge,
                    amount,
                    intent.currency,
                    reason,
                    Dispute.Status.NEEDS_RESPONSE,
                    List.of(movement),
                    now);
            var draft = new Line.Draft(now)
                    .effect(clerk.effect("disputed", intent, null, amount, null))
                    .moves(movement);
            Clerk.tell(draft, "charge.dispute.created");
            Clerk.tell(draft, "charge.dispute.funds_withdrawn");
            return record(intent, dispute, draft);
        }
    }

    /** {@code outcome}: {@code won} or {@code lost}, from the shop's point of view. */
    Acquirer.Outcome close(String id, Form form) {
        form.allowOnly(Set.of("outcome"));
        var won = switch (Parameters.required(form.text("outcome"), "outcome")) {
            case "won" -> true;
            case "lost" -> false;
            default -> throw Refused.invalid(null, "outcome is won or lost.", "outcome");
        };
        var intent = acquirer.intentOf(disputes.get(id).intent());
        synchronized (intent) {
            var dispute = disputes.get(id);
            if (!dispute.isOpen()) {
                throw Refused.invalid(
                        "dispute_closed", "This dispute is " + dispute.status().wire() + ".", null);
            }
            return won ? win(intent, dispute) : lose(intent, dispute);
        }
    }

    private Acquirer.Outcome win(Intent intent, Dispute dispute) {
        var now = clock.millis();
        var movement = BalanceTransaction.of(
                BalanceTransaction.Kind.DISPUTE_REVERSAL, dispute.amount(), 0, intent, dispute.id(), now);
        var draft = new Line.Draft(now)
                .effect(clerk.effect("reinstated", intent, null, dispute.amount(), null))
                .moves(movement);
        Clerk.tell(draft, "charge.dispute.funds_reinstated");
        Clerk.tell(draft, "charge.dispute.closed");
        var movements = List.of(dispute.movements().getFirst(), movement);
        return record(intent, dispute.closed(Dispute.Status.WON, movements), draft);
    }

    private Acquirer.Outcome lose(Intent intent, Dispute dispute) {
        var draft = new Line.Draft(clock.millis());
        Clerk.tell(draft, "charge.dispute.closed");
        return record(intent, dispute.closed(Dispute.Status.LOST, dispute.movements()), draft);
    }

    private Acquirer.Outcome record(Intent intent, Dispute dispute, Line.Draft draft) {
        var json = dispute.json();
        synchronized (clerk) {
            var outcome = clerk.record(Step.BY_THE_ACQUIRER, draft.object(Line.DISPUTE, json), Reply.json(200, json));
            remember(intent, dispute);
            return outcome;
        }
    }

    private void remember(Intent intent, Dispute dispute) {
        disputes.put(dispute);
        intent.dispute = dispute;
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found found) {
        var json = found.object(Line.DISPUTE);
        if (json == null) return;
        var dispute = Dispute.read(Json.read(json));
        remember(acquirer.intentOf(dispute.intent()), dispute);
    }

    Dispute get(String id) {
        return disputes.get(id);
    }

    List<Dispute> latest(int most) {
        return disputes.latest(most);
    }

    /** With the filters {@code payment_intent} and {@code charge}. */
    Timeline.Page<Dispute> page(Form form) {
        var intent = form.text("payment_intent");
        var charge = form.text("charge");
        return disputes.page(
                form,
                (_, dispute) -> (intent == null || intent.equals(dispute.intent()))
                        && (charge == null || charge.equals(dispute.charge())));
    }
}
