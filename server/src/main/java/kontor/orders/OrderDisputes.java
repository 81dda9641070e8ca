package kontor.orders;

import java.time.Clock;
import java.util.List;
import kontor.ledger.Ledger;
import kontor.payments.Dispute;
import kontor.payments.DisputeNews;
import kontor.payments.Payment;
import kontor.payments.PaymentDisputes;
import kontor.payments.PaymentDisputes.Change;
import kontor.payments.WorkItems;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes down what gateways tell of disputes: the books, the order's history, and something for staff to look at. */
@Component
class OrderDisputes {
    private final OrderStore store;
    private final OrderSteps steps;
    private final PaymentDisputes disputes;
    private final WorkItems work;
    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final Clock clock;

    OrderDisputes(
            OrderStore store,
            OrderSteps steps,
            PaymentDisputes disputes,
            WorkItems work,
            Ledger ledger,
            TransactionTemplate transaction,
            Clock clock) {
        this.store = store;
        this.steps = steps;
        this.disputes = disputes;
        this.work = work;
        this.ledger = ledger;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The news may be old: what is known already, or is behind what is known, changes nothing. */
    void hear(Payment payment, DisputeNews news, String actor) {
        transaction.executeWithoutResult(_ -> {
            if (store.lock(payment.orderId(), null).isEmpty())
                throw new IllegalStateException("a payment without an order");
            var objection = disputes.objectionTo(payment, news);
            if (objection == null) for (var change : disputes.hear(payment, news)) apply(change, actor);
            else
                work.open(
                        WorkItems.Kind.UNEXPECTED_STATE,
                        subject(news.reference(), payment.orderId(), payment.id()),
                        objection + ": book it by hand");
        });
    }

    private void apply(Change change, String actor) {
        var dispute = change.dispute();
        switch (change.kind()) {
            case OPENED -> {
                work.open(WorkItems.Kind.DISPUTE, subject(dispute), describe(dispute));
                step(dispute, "dispute_opened", actor);
            }
            case WITHDRAWN -> post(dispute, "dispute");
            case REINSTATED -> post(dispute, "dispute_reversal");
            case WITHDRAWN_AGAIN -> post(dispute, "dispute_again");
            case WON -> {
                work.settled(WorkItems.Kind.DISPUTE, subject(dispute), "won");
                step(dispute, "dispute_won", actor);
            }
            case CONTRADICTED ->
                work.open(
                        WorkItems.Kind.UNEXPECTED_STATE,
                        subject(dispute),
                        "%s; it was %s, and is said to have ended the other way: book it by hand"
                                .formatted(describe(dispute), dispute.status().code()));
            case LOST -> {
                post(dispute, "dispute_loss");
                work.settled(WorkItems.Kind.DISPUTE, subject(dispute), "lost");
                step(dispute, "dispute_lost", actor);
            }
        }
    }

    private void post(Dispute dispute, String kind) {
        ledger.post(List.of(Postings.disputed(dispute, kind, clock.instant())));
    }

    private void step(Dispute dispute, String event, String actor) {
        var stands = store.lock(dispute.orderId(), null).orElseThrow(); // as the step before left it
        steps.step(stands, event, stands.status(), actor, dispute.amount().toString());
    }

    private static WorkItems.Subject subject(Dispute dispute) {
        return subject(dispute.reference(), dispute.orderId(), dispute.paymentId());
    }

    private static WorkItems.Subject subject(String reference, long orderId, long paymentId) {
        return new WorkItems.Subject("dispute " + reference, orderId, paymentId, null);
    }

    private static String describe(Dispute dispute) {
        return "%s of order %d are disputed (%s): answer at %s"
                .formatted(dispute.amount(), dispute.orderId(), dispute.reason(), dispute.gateway());
    }
}
