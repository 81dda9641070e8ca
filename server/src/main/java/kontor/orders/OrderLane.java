package kontor.orders;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import kontor.batching.BatchWriter;
import kontor.catalog.Catalog;
import kontor.database.Statements;
import kontor.events.OrderEvent;
import kontor.events.Outbox;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.idempotency.Recorded;
import kontor.inventory.Inventory;
import kontor.inventory.NewHold;
import kontor.ledger.Ledger;
import kontor.payments.Operation;
import kontor.payments.Payments;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a batch of orders and gateway answers in one transaction.
 *
 * <p>The quick way inserts everything first and takes the stock last, in one statement just before the commit, so that a
 * popular article is locked only for the commit itself; just before it, what customers hold is counted. If anything is
 * short, or somebody would hold too much, the transaction is rolled back and the batch goes the careful way: holdings and
 * stock first, orders accepted in the order in which they came, each one whole or not at all.
 * After a shortage the careful way is taken for a while, because the quick one would only find out the same again.
 */
@Component
class OrderLane implements BatchWriter<LaneCommand, LaneResult> {
    private static final int CAREFUL_BATCHES_AFTER_SHORTAGE = 64;
    private static final int TRIES = 5;

    private final TransactionTemplate transaction;
    private final OrderStore store;
    private final HoldingStore holdings;
    private final Settling settling;
    private final Catalog catalog;
    private final Inventory inventory;
    private final Payments payments;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Idempotency idempotency;
    private final OrderSettings settings;
    private final AtomicLong carefulBatches = new AtomicLong();

    OrderLane(
            TransactionTemplate transaction,
            OrderStore store,
            HoldingStore holdings,
            Settling settling,
            Catalog catalog,
            Inventory inventory,
            Payments payments,
            Ledger ledger,
            Outbox outbox,
            Idempotency idempotency,
            OrderSettings settings) {
        this.transaction = transaction;
        this.store = store;
        this.holdings = holdings;
        this.settling = settling;
        this.catalog = catalog;
        this.inventory = inventory;
        this.payments = payments;
        this.ledger = ledger;
        this.outbox = outbox;
        this.idempotency = idempotency;
        this.settings = settings;
    }

    @Override
    public List<LaneResult> write(List<LaneCommand> batch) {
        var results = new Results(batch);
        var left = batch;
        while (!left.isEmpty()) { // more than once only when a key or an operation comes twice in one batch
            var round = firstOfEach(left);
            writeRound(round, results);
            left = left.stream().filter(results::isOpen).toList();
        }
        return results.list();
    }

    /** Of commands that are about the same key or operation only the first: the second must find the first one committed. */
    private static List<LaneCommand> firstOfEach(List<LaneCommand> batch) {
        var seen = new HashSet<Object>(batch.size() * 2);
        return batch.stream().filter(command -> seen.add(subjectOf(command))).toList();
    }

    private static Object subjectOf(LaneCommand command) {
        return switch (command) {
            case LaneCommand.Place place ->
                List.of(
                        place.key().principal(),
                        place.key().route(),
                        place.key().key());
            case LaneCommand.Settle settle -> settle.operation().orderId();
        };
    }

    private void writeRound(List<LaneCommand> round, Results results) {
        var places = new ArrayList<LaneCommand.Place>(round.size());
        var settles = new ArrayList<LaneCommand.Settle>();
        for (var command : round) {
            switch (command) {
                case LaneCommand.Place place -> places.add(place);
                case LaneCommand.Settle settle -> settles.add(settle);
            }
        }
        // What gives stock back locks levels, and so does what takes it: never both in one transaction.
        var together = settles.stream().noneMatch(Settling::givesStockBack);
        if (!together) settle(settles, results);
        var rest = together ? settles : List.<LaneCommand.Settle>of();
        if (carefulBatches.get() <= 0 && writeQuickly(places, rest, results)) return;
        settle(rest, results);
        if (!places.isEmpty()) writeCarefully(places, results);
    }

    private void settle(List<LaneCommand.Settle> settles, Results results) {
        if (settles.isEmpty()) return;
        transaction.executeWithoutResult(_ -> {
            var settled = settling.settle(settles, results);
            holdings.add(settled.changes());
            inventory.release(settled.cancelled());
        });
    }

    /** @return false when stock was short, or somebody would have held too much: nothing was written, and no result given */
    private boolean writeQuickly(List<LaneCommand.Place> places, List<LaneCommand.Settle> settles, Results results) {
        var outcome = new Results(results);
        var written = transaction.execute(status -> {
            var fresh = claim(current(places, outcome), outcome);
            insert(fresh, outcome);
            var settled = settling.settle(settles, outcome); // of which none gives stock back
            if (holdings.addWithinCaps(changes(fresh, settled.changes())) && reserve(fresh)) return true;
            status.setRollbackOnly();
            return false;
        });
        if (Boolean.TRUE.equals(written)) {
            results.take(outcome);
            return true;
        }
        carefulBatches.set(CAREFUL_BATCHES_AFTER_SHORTAGE);
        return false;
    }

    private void writeCarefully(List<LaneCommand.Place> places, Results results) {
        carefulBatches.decrementAndGet();
        for (var tried = 1; ; tried++) {
            var wanted = refuseHopeless(places, results);
            if (wanted.isEmpty()) return;
            var outcome = new Results(results);
            var written = transaction.execute(status -> {
                var accepted = acceptInOrder(current(wanted, outcome), outcome);
                // The rows are locked, so this cannot fall short; the claim can still find that another server
                // was faster.
                if (holdings.addWithinCaps(changes(accepted, List.of()))
                        && reserve(accepted)
                        && claim(accepted, outcome).size() == accepted.size()) {
                    insert(accepted, outcome);
                    return true;
                }
                status.setRollbackOnly();
                return false;
            });
            if (Boolean.TRUE.equals(written)) {
                results.take(outcome);
                return;
            }
            if (tried == TRIES)
                throw new PessimisticLockingFailureException("other servers keep taking the same keys first");
        }
    }

    /** Leaves out those priced with a catalogue that has changed since. */
    private List<LaneCommand.Place> current(List<LaneCommand.Place> places, Results outcome) {
        if (places.isEmpty()) return places;
        var revision = catalog.revisionNow();
        return kept(places, outcome, place -> place.catalogRevision() == revision ? null : new LaneResult.Stale());
    }

    private List<LaneCommand.Place> claim(List<LaneCommand.Place> places, Results outcome) {
        if (places.isEmpty()) return places;
        var repeated = idempotency.claim(places.stream()
                .map(place -> new Claim(place.key(), null, place.order().id()))
                .toList());
        if (repeated.isEmpty()) return places;
        return kept(places, outcome, place -> {
            var before = repeated.get(place.key());
            return before == null ? null : found(before, place);
        });
    }

    private List<LaneCommand.Place> answerRepeated(List<LaneCommand.Place> places, Results results) {
        var repeated =
                idempotency.find(places.stream().map(LaneCommand.Place::key).toList());
        return kept(places, results, place -> {
            var before = repeated.get(place.key());
            return before == null ? null : found(before, place);
        });
    }

    /** A batch may be written again after a part of it was committed: what it finds then is its own order. */
    private static LaneResult found(Recorded before, LaneCommand.Place place) {
        return before.orderId() != null && before.orderId() == place.order().id()
                ? new LaneResult.Written()
                : new LaneResult.Repeated(before);
    }

    /**
     * Answers what was taken before, and refuses, without locking anything, what was not there at this moment even for
     * one buyer alone, and whoever holds too much. In this order: the stock is read first, so that whoever took the last of
     * it is found afterwards, and its repetition is never told that it is sold out.
     */
    private List<LaneCommand.Place> refuseHopeless(List<LaneCommand.Place> places, Results results) {
        if (places.isEmpty()) return places;
        var held = holdings.of(customersOf(places));
        var available = inventory.available(variantsOf(places));
        var fresh = answerRepeated(places, results);
        var kept = kept(fresh, results, place -> {
            var shortage = shortage(place, available);
            return shortage != null ? shortage : excess(place, held);
        });
        if (kept.size() < fresh.size()) carefulBatches.set(CAREFUL_BATCHES_AFTER_SHORTAGE);
        return kept;
    }

    private List<LaneCommand.Place> acceptInOrder(List<LaneCommand.Place> places, Results outcome) {
        if (places.isEmpty()) return places;
        var held = new HashMap<>(holdings.lock(customersOf(places)));
        var available = new HashMap<>(inventory.availableLocked(variantsOf(places)));
        var accepted = kept(places, outcome, place -> {
            var shortage = shortage(place, available);
            if (shortage != null) return shortage;
            var excess = excess(place, held);
            if (excess != null) return excess;
            if (place.order().isHeldAgainstCustomer())
                held.merge(
                        customerOf(place), Holding.NONE.with(place.order()), (before, _) -> before.with(place.order()));
            for (var line : place.order().lines())
                if (line.variantId() != null) available.merge(line.variantId(), -line.quantity(), Long::sum);
            return null;
        });
        // Who held the lock may have taken the last of it for this very key.
        if (accepted.size() < places.size())
            answerRepeated(
                    places.stream().filter(place -> !outcome.isOpen(place)).toList(), outcome);
        return accepted;
    }

    private static @Nullable LaneResult shortage(LaneCommand.Place place, Map<Long, Long> available) {
        for (var line : place.order().lines()) {
            if (line.variantId() == null) continue;
            var left = available.getOrDefault(line.variantId(), 0L);
            if (left < line.quantity()) return new LaneResult.SoldOut(line.variantId(), Math.max(left, 0));
        }
        return null;
    }

    /** What is wrong with an order beside what its customer holds already; null for nothing. */
    private @Nullable LaneResult excess(LaneCommand.Place place, Map<Long, Holding> held) {
        if (!place.order().isHeldAgainstCustomer()) return null;
        var before = held.getOrDefault(customerOf(place), Holding.NONE);
        var after = before.with(place.order());
        if (after.orders() > settings.mostUnpaidOrders()) return new LaneResult.TooManyOpen(before.orders());
        if (after.units() > settings.mostHeldUnits())
            return new LaneResult.TooManyHeld(before.units(), place.order().units());
        return null;
    }

    /** Takes the stock of all orders in one statement. @return false when anything is short */
    private boolean reserve(List<LaneCommand.Place> places) {
        var wanted = new TreeMap<Long, Long>();
        for (var place : places)
            for (var line : place.order().lines())
                if (line.variantId() != null) wanted.merge(line.variantId(), line.quantity(), Long::sum);
        if (wanted.isEmpty()) return true;
        return inventory.reserve(
                wanted.keySet().stream().mapToLong(Long::longValue).toArray(),
                wanted.values().stream().mapToLong(Long::longValue).toArray());
    }

    private static List<NewOrder> ordersOf(List<LaneCommand.Place> places) {
        return places.stream().map(LaneCommand.Place::order).toList();
    }

    private static List<HoldingStore.Change> changes(List<LaneCommand.Place> places, List<HoldingStore.Change> others) {
        var changes = new ArrayList<>(others);
        for (var place : places)
            if (place.order().isHeldAgainstCustomer())
                changes.add(new HoldingStore.Change(
                        customerOf(place), 1, place.order().units()));
        return changes;
    }

    /** Those whose orders are counted. */
    private static long[] customersOf(List<LaneCommand.Place> places) {
        return places.stream()
                .filter(place -> place.order().isHeldAgainstCustomer())
                .mapToLong(OrderLane::customerOf)
                .sorted()
                .distinct()
                .toArray();
    }

    private static long customerOf(LaneCommand.Place place) {
        return Objects.requireNonNull(place.order().customerId(), "only customers hold something");
    }

    private static long[] variantsOf(List<LaneCommand.Place> places) {
        return places.stream()
                .flatMap(place -> place.order().lines().stream())
                .filter(line -> line.variantId() != null)
                .mapToLong(OrderLine::variantId)
                .sorted()
                .distinct()
                .toArray();
    }

    private void insert(List<LaneCommand.Place> places, Results outcome) {
        if (places.isEmpty()) return;
        for (var place : places) outcome.set(place, new LaneResult.Written());
        var orders = ordersOf(places);
        var statements = new Statements(); // one trip to the database for all of it
        store.insert(statements, orders);
        store.addSteps(statements, orders.stream().map(OrderLane::placed).toList());
        inventory.hold(statements, holdsOf(orders));
        payments.insert(
                statements, places.stream().map(LaneCommand.Place::payment).toList());
        var operations = new ArrayList<Operation>();
        for (var place : places) if (place.operation() != null) operations.add(place.operation());
        payments.insertOperations(statements, operations);
        ledger.post(
                statements,
                places.stream()
                        .filter(place -> place.operation() == null)
                        .map(place -> Postings.invoiced(place.order()))
                        .toList());
        outbox.append(statements, orders.stream().map(OrderLane::placedEvent).toList());
        store.run(statements);
    }

    private List<NewHold> holdsOf(List<NewOrder> orders) {
        var holds = new ArrayList<NewHold>(orders.size() * 4);
        for (var order : orders) {
            var patience = order.status() == OrderStatus.PENDING_PAYMENT ? settings.paymentPatience() : null;
            for (var line : order.lines())
                if (line.variantId() != null)
                    holds.add(new NewHold(order.id(), line.variantId(), line.quantity(), patience));
        }
        return holds;
    }

    private static OrderStore.Step placed(NewOrder order) {
        return new OrderStore.Step(
                order.id(),
                1,
                "placed",
                null,
                order.status(),
                order.paymentStatus(),
                FulfilmentState.UNFULFILLED,
                order.actor(),
                null,
                order.placedAt());
    }

    private static OrderEvent placedEvent(NewOrder order) {
        return OrderEvents.of(
                "order.placed",
                order.id(),
                1,
                order.status(),
                order.paymentStatus(),
                order.currency(),
                order.totals(),
                order.placedAt());
    }

    private interface Verdict {
        /** @return null for going on with it */
        @Nullable
        LaneResult on(LaneCommand.Place place);
    }

    private static List<LaneCommand.Place> kept(List<LaneCommand.Place> places, Results outcome, Verdict verdict) {
        var kept = new ArrayList<LaneCommand.Place>(places.size());
        for (var place : places) {
            var result = verdict.on(place);
            if (result == null) kept.add(place);
            else outcome.set(place, result);
        }
        return kept;
    }
}
