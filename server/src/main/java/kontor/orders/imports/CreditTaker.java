package kontor.orders.imports;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import kontor.database.Ids;
import kontor.database.Statements;
import kontor.events.OrderEvent;
import kontor.events.Outbox;
import kontor.ledger.Account;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.orders.OrderEvents;
import kontor.orders.PaymentState;
import kontor.orders.imports.ImportedOrderStore.CreditLine;
import kontor.orders.imports.ImportedOrderStore.Credited;
import kontor.orders.imports.ImportedOrderStore.ExistingCreditLine;
import kontor.orders.imports.ImportedOrderStore.GivenAs;
import kontor.orders.imports.ImportedOrderStore.NewCredit;
import kontor.orders.imports.ImportedOrderStore.Step;
import kontor.payments.Payments;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Credits what was cancelled: against the orders that were sold, or to the customer. Stock is not touched. */
@Component
class CreditTaker {
    private static final long NO_ORDER = 0;

    private final ImportedOrderStore store;
    private final Payments payments;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Ids ids;
    private final Clock clock;

    CreditTaker(ImportedOrderStore store, Payments payments, Ledger ledger, Outbox outbox, Ids ids, Clock clock) {
        this.store = store;
        this.payments = payments;
        this.ledger = ledger;
        this.outbox = outbox;
        this.ids = ids;
        this.clock = clock;
    }

    /** Takes part in the caller's transaction. */
    Taken take(ImportRun run, List<Document> documents, Map<Integer, List<StagedLine>> lines) {
        var existing = new HashMap<String, List<ExistingCreditLine>>();
        for (var line : store.existingCredits(documents))
            existing.computeIfAbsent(line.externalId(), _ -> new ArrayList<>()).add(line);
        var earlier = store.earlierSales(
                documents, lines.values().stream().flatMap(List::stream).toList());
        var decisions = new ArrayList<Decision>();
        var conclusions = new ArrayList<ImportStore.Conclusion>(documents.size());
        var credits = new ArrayList<Credit>(documents.size());
        for (var document : documents) {
            var ofDocument = lines.getOrDefault(document.number(), List.<StagedLine>of());
            var before = existing.get(document.externalId());
            var fate = ImportStore.Fate.ALREADY_THERE;
            if (before == null) {
                var credit = Credit.of(document, ofDocument, earlier);
                decisions.addAll(credit.decisions());
                fate = credit.given().isEmpty() ? ImportStore.Fate.SET_ASIDE : ImportStore.Fate.IMPORTED;
                credits.add(credit);
            } else {
                var again = Credit.again(document, ofDocument, before);
                decisions.addAll(again);
                if (again.stream().noneMatch(decision -> decision.outcome() == Outcome.ALREADY_THERE))
                    fate = ImportStore.Fate.SET_ASIDE;
            }
            conclusions.add(new ImportStore.Conclusion(document.number(), fate));
        }
        return new Taken(decisions, conclusions, write(run, credits).negate());
    }

    /** @return what was credited, in minor units of all currencies together */
    private BigDecimal write(ImportRun run, List<Credit> credits) {
        var orders = store.lock(credits.stream()
                .flatMap(credit -> credit.given().stream())
                .map(Credit.Given::sold)
                .filter(Objects::nonNull)
                .map(sold -> sold.order.id)
                .distinct()
                .toList());
        var written = new ArrayList<NewCredit>();
        var steps = new ArrayList<Step>();
        var events = new ArrayList<OrderEvent>();
        var now = clock.instant();
        for (var credit : credits)
            for (var each : newCredits(run, credit, orders)) {
                written.add(each);
                if (each.orderId() != null) {
                    var order = credited(each, Objects.requireNonNull(orders.get(each.orderId()), "it was locked"));
                    orders.put(order.id(), order);
                    steps.add(step(run, each, order));
                    events.add(event(each, order, now));
                }
            }
        if (written.isEmpty()) return BigDecimal.ZERO;
        store.insertCredits(written);
        store.update(orders.values());
        var statements = new Statements();
        store.addSteps(statements, steps);
        payments.payBack(written.stream()
                .filter(credit -> credit.givenAs() == GivenAs.BANK && credit.orderId() != null)
                .map(credit -> new Payments.PaidBack(Objects.requireNonNull(credit.orderId()), credit.total()))
                .toList());
        payments.lowerInvoices(written.stream()
                .filter(credit -> credit.givenAs() == GivenAs.RECEIVABLE && credit.orderId() != null)
                .map(credit -> new Payments.PaidBack(Objects.requireNonNull(credit.orderId()), credit.total()))
                .toList());
        ledger.post(statements, written.stream().map(CreditTaker::posting).toList());
        outbox.append(statements, events);
        store.run(statements);
        return written.stream()
                .map(credit -> BigDecimal.valueOf(credit.total()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** One for each order that the credit is about, and one for what is about none. */
    private List<NewCredit> newCredits(ImportRun run, Credit credit, Map<Long, Credited> orders) {
        var byOrder = new LinkedHashMap<Long, List<CreditLine>>();
        for (var given : credit.given()) {
            var sold = given.sold();
            byOrder.computeIfAbsent(sold == null ? NO_ORDER : sold.order.id, _ -> new ArrayList<>())
                    .add(new CreditLine(
                            sold == null ? null : Integer.valueOf(sold.number),
                            given.line().sku(),
                            given.line().name(),
                            -given.line().quantity(),
                            given.line().price()));
        }
        return byOrder.entrySet().stream()
                .map(each -> {
                    @Nullable Long orderId = each.getKey().equals(NO_ORDER) ? null : each.getKey();
                    var total = each.getValue().stream()
                            .mapToLong(CreditLine::total)
                            .reduce(0, Math::addExact);
                    var givenAs = givenAs(run, orderId == null ? null : orders.get(orderId));
                    return new NewCredit(
                            ids.next("orders.credit_ids"),
                            orderId,
                            run.id(),
                            credit.document(),
                            total,
                            givenAs,
                            each.getValue());
                })
                .toList();
    }

    /** An order that nobody has paid is owed less; what was paid goes back, or is owed. */
    private static GivenAs givenAs(ImportRun run, @Nullable Credited order) {
        if (order != null && order.paymentStatus() == PaymentState.OPEN) return GivenAs.RECEIVABLE;
        return run.options().settled() ? GivenAs.BANK : GivenAs.CUSTOMER_CREDIT;
    }

    /** The order behind the credit. */
    private static Credited credited(NewCredit credit, Credited order) {
        var paidBack = order.paidBack() + (credit.givenAs() == GivenAs.BANK ? credit.total() : 0);
        var paymentStatus = credit.givenAs() != GivenAs.BANK
                ? order.paymentStatus()
                : paidBack < order.totals().total() ? PaymentState.PARTIALLY_REFUNDED : PaymentState.REFUNDED;
        return new Credited(
                order.id(),
                order.currency(),
                order.status(),
                paymentStatus,
                order.fulfilmentStatus(),
                order.totals(),
                order.version() + 1,
                paidBack);
    }

    private static String nameOf(NewCredit credit) {
        return credit.givenAs() == GivenAs.BANK ? "refunded" : "credited";
    }

    private static Step step(ImportRun run, NewCredit credit, Credited order) {
        return new Step(
                order.id(),
                order.version(),
                nameOf(credit),
                order.status(),
                order.status(),
                order.paymentStatus(),
                order.fulfilmentStatus(),
                run.actor(),
                credit.document().externalId(),
                credit.document().placedAt());
    }

    private static OrderEvent event(NewCredit credit, Credited order, Instant now) {
        return OrderEvents.of(
                "order." + nameOf(credit),
                order.id(),
                order.version(),
                order.status(),
                order.paymentStatus(),
                order.currency(),
                order.totals(),
                now);
    }

    private static Posting posting(NewCredit credit) {
        var from = switch (credit.givenAs()) {
            case BANK -> Account.BANK;
            case RECEIVABLE -> Account.RECEIVABLES;
            case CUSTOMER_CREDIT -> Account.CUSTOMER_CREDIT;
        };
        return new Posting(
                credit.orderId(),
                Posting.Source.IMPORT,
                credit.id(),
                credit.givenAs() == GivenAs.BANK ? "refund" : "credit",
                credit.document().currency(),
                new Posting.Entries()
                        .debit(Account.REFUNDS, credit.total())
                        .credit(from, credit.total())
                        .list(),
                credit.document().placedAt());
    }
}
