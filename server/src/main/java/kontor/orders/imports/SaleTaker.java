package kontor.orders.imports;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kontor.catalog.Assortment;
import kontor.catalog.Catalog;
import kontor.database.Ids;
import kontor.database.Statements;
import kontor.events.OrderEvent;
import kontor.events.Outbox;
import kontor.ledger.Account;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.money.Money;
import kontor.orders.FulfilmentState;
import kontor.orders.OrderEvents;
import kontor.orders.OrderLine;
import kontor.orders.OrderStatus;
import kontor.orders.PaymentState;
import kontor.orders.Postings;
import kontor.orders.imports.ImportedOrderStore.NewOrder;
import kontor.orders.imports.ImportedOrderStore.SoldLine;
import kontor.orders.imports.ImportedOrderStore.Step;
import kontor.payments.Payment;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import org.springframework.stereotype.Component;

/**
 * Makes orders of sales: completed and shipped long ago, so that stock is not touched, with their history, payment, books
 * and events like every other order.
 */
@Component
class SaleTaker {
    private final ImportedOrderStore store;
    private final Catalog catalog;
    private final Payments payments;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Ids ids;
    private final Clock clock;

    SaleTaker(
            ImportedOrderStore store,
            Catalog catalog,
            Payments payments,
            Ledger ledger,
            Outbox outbox,
            Ids ids,
            Clock clock) {
        this.store = store;
        this.catalog = catalog;
        this.payments = payments;
        this.ledger = ledger;
        this.outbox = outbox;
        this.ids = ids;
        this.clock = clock;
    }

    /** Takes part in the caller's transaction. */
    Taken take(ImportRun run, List<Document> documents, Map<Integer, List<StagedLine>> lines) {
        var existing = store.existingOrders(documents);
        var decisions = new ArrayList<Decision>();
        var conclusions = new ArrayList<ImportStore.Conclusion>(documents.size());
        var orders = new ArrayList<NewOrder>(documents.size());
        var total = 0L;
        for (var document : documents) {
            var sale = Sale.of(document, lines.getOrDefault(document.number(), List.of()));
            var before = existing.get(document.externalId());
            if (!sale.isOrder()) {
                decisions.addAll(sale.decisions());
                conclusions.add(new ImportStore.Conclusion(document.number(), ImportStore.Fate.SET_ASIDE));
            } else if (before == null) {
                decisions.addAll(sale.decisions());
                conclusions.add(new ImportStore.Conclusion(document.number(), ImportStore.Fate.IMPORTED));
                orders.add(order(run, sale));
                total = Math.addExact(total, sale.totals().total());
            } else if (isSame(sale, before)) {
                sale.decisions().forEach(decision -> decisions.add(decision.alreadyThere()));
                conclusions.add(new ImportStore.Conclusion(document.number(), ImportStore.Fate.ALREADY_THERE));
            } else {
                sale.decisions().forEach(decision -> decisions.add(decision.differing()));
                conclusions.add(new ImportStore.Conclusion(document.number(), ImportStore.Fate.SET_ASIDE));
            }
        }
        if (!orders.isEmpty()) write(run, orders);
        return new Taken(decisions, conclusions, BigDecimal.valueOf(total));
    }

    private static boolean isSame(Sale sale, ImportedOrderStore.Existing before) {
        var lines = sale.orderLines().stream()
                .map(line -> new SoldLine(line.sku(), line.quantity(), line.unitPrice()))
                .toList();
        return before.currency().equals(sale.document().currency())
                && before.totals().equals(sale.totals())
                && before.lines().equals(lines);
    }

    private NewOrder order(ImportRun run, Sale sale) {
        var assortment = catalog.assortment();
        var paid = run.options().settled() || sale.totals().total() == 0;
        return new NewOrder(
                ids.next("orders.order_ids"),
                sale.document(),
                sale.orderLines().stream().map(line -> named(line, assortment)).toList(),
                sale.totals(),
                paid ? PaymentState.PAID : PaymentState.OPEN,
                sale.totals().total() > 0 && paid ? 3 : 2);
    }

    /** As it was called then; where the source has no name, as it is called now. */
    private static OrderLine named(OrderLine line, Assortment assortment) {
        var article = assortment.find(line.sku());
        return new OrderLine(
                line.line(),
                article == null ? null : Long.valueOf(article.variantId()),
                line.sku(),
                !line.name().isBlank() ? line.name() : article == null ? line.sku() : article.name(),
                line.quantity(),
                line.unitPrice(),
                line.discount(),
                line.tax(),
                line.total());
    }

    private void write(ImportRun run, List<NewOrder> orders) {
        var now = clock.instant();
        var statements = new Statements();
        store.insertOrders(statements, orders);
        var steps = new ArrayList<Step>(orders.size() * 3);
        var postings = new ArrayList<Posting>(orders.size() * 2);
        for (var order : orders) {
            var firstOfOrder = steps.size();
            addSteps(order, run.actor(), steps);
            if (steps.size() - firstOfOrder != order.version()) throw new IllegalStateException("steps of " + order);
            addPostings(order, postings);
        }
        store.addSteps(statements, steps);
        payments.insert(statements, orders.stream().map(this::payment).toList());
        ledger.post(statements, postings);
        outbox.append(statements, events(orders, steps, now));
        store.run(statements);
    }

    /** Sold; paid, if it is and there was anything to pay; completed. */
    private static void addSteps(NewOrder order, String actor, List<Step> steps) {
        var at = order.document().placedAt();
        var paysLater = order.version() > 2;
        var first = paysLater ? PaymentState.OPEN : order.paymentStatus();
        steps.add(new Step(
                order.id(),
                1,
                "placed",
                null,
                OrderStatus.CONFIRMED,
                first,
                FulfilmentState.UNFULFILLED,
                actor,
                "imported",
                at));
        if (paysLater)
            steps.add(new Step(
                    order.id(),
                    2,
                    "paid",
                    OrderStatus.CONFIRMED,
                    OrderStatus.CONFIRMED,
                    order.paymentStatus(),
                    FulfilmentState.UNFULFILLED,
                    actor,
                    null,
                    at));
        steps.add(new Step(
                order.id(),
                order.version(),
                "completed",
                OrderStatus.CONFIRMED,
                OrderStatus.COMPLETED,
                order.paymentStatus(),
                FulfilmentState.FULFILLED,
                actor,
                null,
                at));
    }

    private static List<OrderEvent> events(List<NewOrder> orders, List<Step> steps, Instant now) {
        var byId = new java.util.HashMap<Long, NewOrder>();
        for (var order : orders) byId.put(order.id(), order);
        return steps.stream()
                .map(step -> {
                    var order = byId.get(step.orderId());
                    if (order == null) throw new IllegalStateException("a step without an order");
                    return OrderEvents.of(
                            "order." + step.event(),
                            order.id(),
                            step.version(),
                            step.status(),
                            step.paymentStatus(),
                            order.document().currency(),
                            order.totals(),
                            now);
                })
                .toList();
    }

    private Payment payment(NewOrder order) {
        var paid = order.paymentStatus() == PaymentState.PAID;
        var total = order.totals().total();
        return new Payment(
                order.id(),
                payments.nextPaymentId(),
                "invoice",
                null,
                new Money(total, order.document().currency()),
                paid ? PaymentStatus.CAPTURED : PaymentStatus.OPEN,
                paid ? total : 0,
                null);
    }

    private static void addPostings(NewOrder order, List<Posting> postings) {
        var document = order.document();
        postings.add(Postings.invoiced(order.id(), document.currency(), order.totals(), document.placedAt()));
        if (order.paymentStatus() == PaymentState.PAID)
            postings.add(new Posting(
                    order.id(),
                    Posting.Source.ORDER,
                    order.id(),
                    "payment",
                    document.currency(),
                    new Posting.Entries()
                            .debit(Account.BANK, order.totals().total())
                            .credit(Account.RECEIVABLES, order.totals().total())
                            .list(),
                    document.placedAt()));
    }
}
