package kontor.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import kontor.catalog.Catalog;
import kontor.orders.OrderDesk;
import kontor.orders.OrderDesk.Reply;
import kontor.payments.Guard;
import kontor.payments.PaymentDesk;
import kontor.payments.WebhookEvent;
import org.jspecify.annotations.Nullable;

/** A shop, its clients and its gateway for as long as one seed lasts. */
class Simulation {
    private static final long PRICE = 255;
    private static final long NO_ORDER = 0;

    private final OrderDesk orders;
    private final PaymentDesk payments;
    private final FakeGateway gateway;
    private final Cuts cuts;
    private final RuleBreaker breaker;
    private final BookCheck check;
    private final Simulated.Owner owner;
    private final Catalog catalog;

    private Rule broken = Rule.NONE;
    private Random random = new Random(0);
    private List<String> log = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<WebhookEvent> undelivered = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long seed;
    private long before;
    private int seen;
    private boolean stocked;

    Simulation(
            OrderDesk orders,
            PaymentDesk payments,
            FakeGateway gateway,
            Cuts cuts,
            RuleBreaker breaker,
            Simulated.Owner owner,
            Catalog catalog) {
        this.orders = orders;
        this.payments = payments;
        this.gateway = gateway;
        this.cuts = cuts;
        this.breaker = breaker;
        this.owner = owner;
        this.catalog = catalog;
        this.check = new BookCheck(owner.sql(), gateway);
    }

    /** One seed's course and what is wrong at its end; nothing when all is well. */
    record Outcome(long seed, List<String> log, List<String> failures) {
        boolean isGood() {
            return failures.isEmpty();
        }

        @Override
        public String toString() {
            return "seed %d\n  %s\nis wrong at the end:\n  %s"
                    .formatted(seed, String.join("\n  ", log), String.join("\n  ", failures));
        }
    }

    /** What a client wants, under its key, and the final answer that it was given first. */
    static final class Request {
        final String name;
        final Supplier<Reply> call;

        @Nullable
        Reply answered;

        Request(String name, Supplier<Reply> call) {
            this.name = name;
            this.call = call;
        }
    }

    void breaking(Rule rule) {
        broken = rule;
        gateway.breaking(rule);
        breaker.breaking(rule);
        for (var guard : Guard.values()) {
            if (rule == Rule.UNDER_WAY_COUNTS) guard.takeAway(owner.sql());
            else guard.putBack(owner.sql());
        }
    }

    Outcome run(long itsSeed) {
        begin(itsSeed);
        var faults = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 0.1;
            case 2 -> 0.3;
            default -> 0.5;
        };
        gateway.begin(seed, faults, random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(90), log);
        gateway.onSlowAnswer(random.nextBoolean() ? this::recoveryOvertakes : () -> {});
        var orderCount = 1 + random.nextInt(3);
        for (var i = 0; i < orderCount; i++) step(this::place);
        var steps = 5 + random.nextInt(16) - orderCount;
        for (var i = 0; i < steps; i++) step(aStep());
        end();
        return new Outcome(seed, log, List.copyOf(failures));
    }

    private void begin(long itsSeed) {
        stock();
        if (!failures.isEmpty()) clearAway();
        seed = itsSeed;
        random = new Random(seed);
        log = new ArrayList<>();
        requests.clear();
        undelivered.clear();
        failures.clear();
        seen = 0;
        before = owner.sql()
                .sql("SELECT coalesce(max(id), 0) FROM orders.orders")
                .query(Long.class)
                .single();
        cuts.disarm();
    }

    /** What a failed seed left half done must not look like the next one's fault. */
    private void clearAway() {
        owner.sql()
                .sql("UPDATE payments.operations SET state = 'failed' WHERE state IN ('intent', 'unknown', 'waiting')")
                .update();
        owner.sql()
                .sql("UPDATE payments.inbound_events SET state = 'ignored' WHERE state = 'received'")
                .update();
        owner.sql()
                .sql("UPDATE payments.payments SET status = 'failed' WHERE status = 'requires_action'")
                .update();
        owner.sql()
                .sql("UPDATE orders.orders SET status = 'cancelled' WHERE status = 'pending_payment'")
                .update();
    }

    private void stock() {
        if (stocked) return;
        owner.sql().sql("""
                        WITH product AS (
                            INSERT INTO catalog.products (slug, name) VALUES ('mug', 'A mug') RETURNING id),
                        variant AS (
                            INSERT INTO catalog.variants (product_id, sku) SELECT id, 'MUG' FROM product RETURNING id),
                        price AS (
                            INSERT INTO catalog.prices (variant_id, currency, amount) SELECT id, 'GBP', %d FROM variant),
                        movement AS (
                            INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
                            SELECT id, 1, 1000000000, 'received', 'test' FROM variant)
                        INSERT INTO inventory.levels (variant_id, location_id, on_hand) SELECT id, 1, 1000000000 FROM variant
                        """.formatted(PRICE)).update();
        catalog.refresh();
        stocked = true;
    }

    private interface Step {
        void run();
    }

    /** With a chance that the server dies in it. */
    private void step(Step step) {
        collectMessages();
        if (random.nextInt(5) == 0) cuts.arm(1 + random.nextInt(10));
        try {
            step.run();
        } catch (Throwable e) {
            if (!cuts.dead()) {
                log.add("  failed: " + e);
                failures.add("a step failed: " + e);
                for (var at : e.getStackTrace())
                    if (at.getClassName().startsWith("kontor")) failures.add("    at " + at);
            }
        }
        if (cuts.dead()) restart();
        cuts.disarm();
    }

    private void restart() {
        log.add("  the server dies " + cuts.where() + " and is started again");
        if (broken == Rule.REQUESTS_ARE_REMEMBERED)
            owner.sql()
                    .sql("DELETE FROM idempotency.keys WHERE status IS NULL AND order_id > ?")
                    .param(before)
                    .update();
        if (broken == Rule.INTENT_FIRST)
            owner.sql()
                    .sql("DELETE FROM payments.operations WHERE state = 'intent' AND order_id > ?")
                    .param(before)
                    .update();
    }

    private Step aStep() {
        return switch (random.nextInt(15)) {
            case 0 -> this::place;
            case 1, 2 -> this::capture;
            case 3, 4 -> this::refund;
            case 5 -> this::cancel;
            case 6 -> this::pay;
            case 7, 8 -> this::repeat;
            case 9 -> this::buyerActs;
            case 10, 11 -> this::deliver;
            case 12 -> () -> pass(TIMES.get(random.nextInt(TIMES.size())));
            case 13 -> this::recover;
            default -> this::expire;
        };
    }

    private static final List<Duration> TIMES = List.of(
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            Duration.ofMinutes(2),
            Duration.ofMinutes(40),
            Duration.ofHours(3),
            Duration.ofHours(25));

    // --- clients ---

    private void place() {
        var quantity = 1L + random.nextInt(4);
        var token = switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> "bad";
            case 2 -> "3ds";
            default -> "good";
        };
        var later = random.nextInt(2) == 0;
        ask(
                "place %d by %s%s".formatted(quantity, token, later ? ", capture later" : ""),
                key -> () -> orders.place(key, "MUG", quantity, token, later));
    }

    private void capture() {
        var order = anOrder();
        var amount = part();
        var last = random.nextInt(3) == 0;
        ask(
                "capture %s%s of %d".formatted(amount, last ? " as the last" : "", order - before),
                key -> () -> orders.capture(key, order, amount, last));
    }

    private void refund() {
        var order = anOrder();
        var amount = part();
        ask("refund %s of %d".formatted(amount, order - before), key -> () -> orders.refund(key, order, amount));
    }

    private void cancel() {
        var order = anOrder();
        ask("cancel " + (order - before), key -> () -> orders.cancel(key, order));
    }

    private void pay() {
        var order = anOrder();
        var amount = part();
        var token = switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> "bad";
            case 2 -> "3ds";
            default -> "good";
        };
        ask(
                "pay %s of %d by %s".formatted(amount, order - before, token),
                key -> () -> orders.pay(key, order, token, amount));
    }

    /** Null, for all, or some pence. */
    private @Nullable Long part() {
        return random.nextInt(3) == 0 ? null : Long.valueOf(1 + random.nextInt((int) PRICE));
    }

    private long anOrder() {
        var all = ordersOfSeed();
        return all.isEmpty() ? NO_ORDER : all.get(random.nextInt(all.size()));
    }

    private List<Long> ordersOfSeed() {
        return owner.sql()
                .sql("SELECT id FROM orders.orders WHERE id > ? ORDER BY id")
                .param(before)
                .query(Long.class)
                .list();
    }

    private void ask(String name, Function<String, Supplier<Reply>> call) {
        send(request(name, call));
    }

    private Request request(String name, Function<String, Supplier<Reply>> call) {
        var key = "%d-%d-%d".formatted(before, seed, requests.size());
        var request = new Request(name, call.apply(key));
        requests.add(request);
        return request;
    }

    private void repeat() {
        if (!requests.isEmpty()) send(requests.get(random.nextInt(requests.size())));
    }

    private void send(Request request) {
        log.add((request.answered == null ? "" : "again: ") + request.name);
        var reply = request.call.get();
        if (cuts.dead()) return; // nobody is there to send it
        log.add("  = " + reply);
        if (reply.status() >= 500) failures.add(request.name + " was answered " + reply);
        if (reply.status() != 200 && reply.status() != 201) return;
        var first = request.answered;
        if (first == null) request.answered = reply;
        else if (first.status() != reply.status() || first.id() != reply.id())
            failures.add("%s was answered %s of %d, and then %s of %d"
                    .formatted(request.name, first, first.id(), reply, reply.id()));
    }

    // --- buyers and the gateway ---

    private void buyerActs() {
        var intents = gateway.intents();
        if (intents.isEmpty()) return;
        var intent = intents.get(random.nextInt(intents.size()));
        var deed = random.nextInt(6);
        log.add("the buyer or the bank does " + deed + " to " + intent.reference);
        switch (deed) {
            case 0, 1 -> gateway.buyerConfirms(intent, true);
            case 2 -> {
                gateway.buyerConfirms(intent, false);
                gateway.buyerTriesAgain(intent);
            }
            case 3 -> gateway.holdExpires(intent);
            case 4 -> gateway.buyerDisputes(intent);
            default -> gateway.disputeEnds(intent, random.nextBoolean());
        }
    }

    private void collectMessages() {
        var all = gateway.events();
        undelivered.addAll(all.subList(seen, all.size()));
        seen = all.size();
    }

    private void deliver() {
        if (undelivered.isEmpty()) return;
        var event = undelivered.get(random.nextInt(undelivered.size()));
        if (random.nextInt(3) != 0) undelivered.remove(event); // or it comes once more
        log.add("message " + event.id() + " " + event.type());
        payments.receive(event);
    }

    private void recoveryOvertakes() {
        log.add("    the answer is slow: recovery is faster");
        pass(Duration.ofSeconds(40));
        payments.recover();
    }

    // --- the server on its own ---

    private void recover() {
        log.add("recovery");
        payments.recover();
        payments.actOnWaiting(owner.sql());
        payments.watch();
    }

    private void expire() {
        log.add("expiry");
        orders.expire();
    }

    private void pass(Duration time) {
        log.add("time passes: " + time);
        gateway.letPass(time);
        owner.sql()
                .sql("""
                        WITH operation AS (
                            UPDATE payments.operations
                            SET created_at = created_at - make_interval(secs => :s),
                                next_attempt_at = next_attempt_at - make_interval(secs => :s)
                            WHERE order_id > :before),
                        payment AS (
                            UPDATE payments.payments SET updated_at = updated_at - make_interval(secs => :s)
                            WHERE order_id > :before AND status = 'requires_action'),
                        message AS (
                            UPDATE payments.inbound_events
                            SET received_at = received_at - make_interval(secs => :s),
                                next_attempt_at = next_attempt_at - make_interval(secs => :s)
                            WHERE state = 'received')
                        UPDATE inventory.holds SET expires_at = expires_at - make_interval(secs => :s)
                        WHERE order_id > :before AND expires_at IS NOT NULL
                        """)
                .param("s", time.toSeconds())
                .param("before", before)
                .update();
    }

    // --- one flow at a time ---

    /**
     * What came of one flow in which the server died.
     *
     * @param points how many places to die in it passed
     * @param where it died; "" when it did not
     * @param effects what the gateway did and what the books show
     */
    record Walk(long points, String where, List<String> effects, List<String> problems, List<String> log) {
        /** @param whole the same flow, in which nothing died */
        boolean isBad(Walk whole) {
            return !problems.isEmpty() || !effects.equals(whole.effects);
        }
    }

    /** Lets a flow run until the server dies at its nth place; then lets another recover, and the client send again. */
    Walk walk(Flow flow, long point) {
        begin(-1);
        gateway.begin(seed, 0, Duration.ZERO, log);
        var go = prepare(flow);
        cuts.arm(point);
        try {
            go.run();
        } catch (Throwable e) {
            if (!cuts.dead()) failures.add("failed: " + e);
        }
        var points = cuts.passed();
        var where = cuts.where();
        if (where != null) restart();
        cuts.disarm();
        if (where != null) {
            pass(Duration.ofSeconds(6));
            step2(this::recover);
            step2(go);
            pass(Duration.ofSeconds(31));
            step2(this::recover);
        }
        quiet();
        step2(go);
        failures.addAll(check.problems(before, requests));
        var effects = new ArrayList<>(gateway.book().stream()
                .map(effect -> effect.kind() + " " + effect.amount())
                .toList());
        effects.addAll(check.standing(before));
        return new Walk(points, where == null ? "" : where, effects, List.copyOf(failures), log);
    }

    /** @return what is to be done, as often as it takes: a client's request under its key, or a gateway's message */
    private Step prepare(Flow flow) {
        return switch (flow) {
            case PLACE_BY_CARD -> asking(placing("good", false));
            case PLACE_ON_INVOICE -> asking(placing(null, false));
            case PLACE_AND_DECLINE -> asking(placing("bad", false));
            case CONFIRM_BY_MESSAGE -> {
                send(placing("3ds", false));
                gateway.buyerConfirms(gateway.intents().getFirst(), true);
                yield tellingLast();
            }
            case CAPTURE -> {
                var order = placed("good", true);
                yield asking(request("capture", key -> () -> orders.capture(key, order, null, false)));
            }
            case CAPTURE_IN_PART -> {
                var order = placed("good", true);
                yield asking(request("capture", key -> () -> orders.capture(key, order, 100L, false)));
            }
            case REFUND_OVER_TWO_PAYMENTS -> {
                var order = placed(null, false);
                send(request("pay", key -> () -> orders.pay(key, order, "good", 200L)));
                send(request("pay", key -> () -> orders.pay(key, order, "good", 310L)));
                yield asking(request("refund", key -> () -> orders.refund(key, order, 400L)));
            }
            case CANCEL_A_HOLD -> {
                var order = placed("good", true);
                yield asking(request("cancel", key -> () -> orders.cancel(key, order)));
            }
            case PAY_AN_INVOICE_BY_CARD -> {
                var order = placed(null, false);
                yield asking(request("pay", key -> () -> orders.pay(key, order, "good", null)));
            }
            case RECORD_A_TRANSFER -> {
                var order = placed(null, false);
                yield asking(request("pay", key -> () -> orders.pay(key, order, null, 500L)));
            }
            case HEAR_OF_A_DISPUTE -> {
                placed("good", false);
                gateway.buyerDisputes(gateway.intents().getFirst());
                yield tellingLast();
            }
            case TAKE_LATE_MONEY -> {
                placed("bad", false);
                gateway.buyerTriesAgain(gateway.intents().getFirst());
                yield tellingLast();
            }
            case TAKE_A_LATE_HOLD -> {
                placed("bad", true);
                gateway.buyerTriesAgain(gateway.intents().getFirst());
                yield tellingLast();
            }
            case A_HOLD_IS_GONE -> {
                placed("good", true);
                gateway.holdExpires(gateway.intents().getFirst());
                yield tellingLast();
            }
            case A_REFUND_COMES_BACK -> {
                var order = placed("good", false);
                send(request("refund", key -> () -> orders.refund(key, order, 200L)));
                gateway.refundComesBack(gateway.intents().getFirst());
                yield tellingLast();
            }
            case THE_BUYER_IS_BACK -> {
                placed("3ds", false);
                var intent = gateway.intents().getFirst();
                gateway.buyerConfirms(intent, true);
                yield () -> payments.buyerIsBack(intent.asked.paymentId());
            }
            case CANCEL_AN_INVOICE -> {
                var order = placed(null, false);
                yield asking(request("cancel", key -> () -> orders.cancel(key, order)));
            }
            case REPLAY_A_MESSAGE -> {
                placed("bad", false);
                gateway.buyerTriesAgain(gateway.intents().getFirst());
                var event = gateway.events().getLast();
                payments.receive(event);
                yield () -> payments.replay(event);
            }
            case EXPIRE -> {
                placed("3ds", false);
                pass(Duration.ofMinutes(31));
                yield orders::expire;
            }
            case END_A_FORGOTTEN_PAYMENT -> {
                var order = placed(null, false);
                send(request("pay", key -> () -> orders.pay(key, order, "3ds", 200L)));
                pass(Duration.ofMinutes(31));
                yield orders::expire;
            }
        };
    }

    private long placed(@Nullable String token, boolean later) {
        send(placing(token, later));
        return ordersOfSeed().getLast();
    }

    private Request placing(@Nullable String token, boolean later) {
        return request("place by " + token, key -> () -> orders.place(key, "MUG", 2, token, later));
    }

    private Step asking(Request request) {
        return () -> send(request);
    }

    private Step tellingLast() {
        var event = gateway.events().getLast();
        return () -> payments.receive(event);
    }

    // --- the end ---

    /** The network is good, time passes, messages come, and the clients repeat what they want. */
    private void end() {
        log.add("the end: everything comes to rest");
        gateway.calm();
        cuts.disarm();
        quiet();
        collectMessages();
        // Some messages are lost for good: nothing may depend on them, but that money comes late.
        for (var event : List.copyOf(undelivered))
            if (random.nextInt(4) != 0 || check.mustBeTold(event)) step2(() -> payments.receive(event));
        quiet();
        for (var request : List.copyOf(requests)) step2(() -> send(request));
        quiet();
        failures.addAll(check.problems(before, requests));
    }

    private void step2(Step step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            failures.add("failed in the end: " + e);
        }
    }

    private void quiet() {
        for (var round = 0; round < 9 && check.isBusy(before); round++) {
            if (round > 0) pass(round < 5 ? Duration.ofMinutes(61) : Duration.ofHours(25));
            step2(this::recover);
            step2(this::expire);
        }
    }
}
