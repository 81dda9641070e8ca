package kontor.orders;

import java.time.Clock;
import java.util.List;
import kontor.database.Statements;
import kontor.events.Outbox;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.Payments;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What every fact about an order that stands leaves behind: a step in its history, the event of it, and a posting. */
@Component
class OrderSteps {
    private final OrderStore store;
    private final HoldingStore holdings;
    private final Payments payments;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Clock clock;

    OrderSteps(OrderStore store, HoldingStore holdings, Payments payments, Ledger ledger, Outbox outbox, Clock clock) {
        this.store = store;
        this.holdings = holdings;
        this.payments = payments;
        this.ledger = ledger;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** First of all, so that whatever concerns one order happens one after the other. */
    OrderStore.Row lock(long orderId) {
        return store.lock(orderId, null)
                .orElseThrow(() -> new IllegalStateException("operation of order " + orderId + ", which is not there"));
    }

    void post(Posting posting) {
        ledger.post(List.of(posting));
    }

    /** As the operation's cause has it. */
    void step(OrderStore.Row order, String event, OrderStatus status, Operation operation, @Nullable String detail) {
        var cause = operation.cause();
        step(order, event, status, cause == null ? "gateway:" + operation.gateway() : cause.actor(), detail);
    }

    /**
     * Writes a step in the order's history, where it stands by its payments then, and the event of it; and counts what its
     * customer holds. So stock is given back behind it.
     */
    void step(OrderStore.Row order, String event, OrderStatus status, String actor, @Nullable String detail) {
        var now = clock.instant();
        var all = payments.ofOrder(order.id());
        var stand = store.stand(order.id(), status, PaymentState.of(all));
        var stands = stand.now().row();
        var statements = new Statements();
        store.addSteps(
                statements,
                List.of(new OrderStore.Step(
                        stands.id(),
                        stands.version(),
                        event,
                        order.status(),
                        stands.status(),
                        stands.paymentStatus(),
                        stands.fulfilmentStatus(),
                        actor,
                        detail,
                        now)));
        outbox.append(statements, List.of(OrderEvents.of("order." + event, stands, now)));
        store.run(statements);
        count(stand, all.stream().anyMatch(Payment::isInvoice));
    }

    private void count(OrderStore.Stand stand, boolean onInvoice) {
        var row = stand.now().row();
        var counts = Holding.counts(row.status(), row.paymentStatus(), onInvoice);
        if (counts == Holding.counts(stand.oldStatus(), stand.oldPaymentStatus(), onInvoice)) return;
        holdings.add(stand.now().counted(counts ? 1 : -1).stream().toList());
    }
}
