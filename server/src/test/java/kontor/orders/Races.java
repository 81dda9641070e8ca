package kontor.orders;

import static kontor.orders.MoneyTester.gbp;
import static kontor.orders.MoneyTester.key;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;

/** Many who want the money of the same payment at once. The gateway is slow, so that they really meet. */
final class Races {
    private static final long PAID = 510;

    private final OwnServer server;
    private final OwnGateway gateway;

    /** @param server that sells a MUG at 2.55 */
    Races(OwnServer server, OwnGateway gateway) {
        this.server = server;
        this.gateway = gateway;
    }

    /** @return what is wrong in the end; nothing when one has taken it, once */
    List<String> captureByTwenty() throws Exception {
        var order = place("later");
        return run(order, Stream.generate(() -> capture(order)).limit(20).toList());
    }

    /** Each wants all of it. */
    List<String> refundByFifty() throws Exception {
        var order = place("at_once");
        var body = Map.of("amount", gbp(PAID), "reason", "other");
        return run(
                order,
                Stream.generate(() -> post(order, "refunds", body)).limit(50).toList());
    }

    /** Some want it taken, and as many want the order called off. */
    List<String> voidAgainstCapture() throws Exception {
        var order = place("later");
        return run(
                order,
                IntStream.range(0, 10)
                        .mapToObj(n -> n % 2 == 0 ? capture(order) : post(order, "cancel", Map.of()))
                        .toList());
    }

    private String place(String capture) {
        var placed = server.staff().post("/orders", """
                        {"currency": "GBP", "lines": [{"sku": "MUG", "quantity": 2}],
                         "payment": {"method": "card", "gateway": "stripe", "token": "pm_card_visa", "capture": "%s"}}
                        """.formatted(capture), "Idempotency-Key", key());
        if (placed.status() != 201) throw new AssertionError(placed.text());
        return placed.at("/id");
    }

    private Callable<Api.Answer> capture(String order) {
        return post(order, "capture", Map.of());
    }

    private Callable<Api.Answer> post(String order, String what, Object body) {
        return () -> server.staff().post("/orders/" + order + "/" + what, body, "Idempotency-Key", key());
    }

    private List<String> run(String order, List<Callable<Api.Answer>> calls) throws Exception {
        for (var operation : List.of("capture", "cancel", "refund"))
            gateway.fault(
                    "{\"kind\": \"hang\", \"when\": \"before\", \"operation\": \"%s\", \"ms\": 300, \"count\": 1000}"
                            .formatted(operation));
        var statuses = atOnce(calls).stream().map(Api.Answer::status).toList();
        gateway.clearFaults();
        return problems(order, statuses);
    }

    static List<Api.Answer> atOnce(List<Callable<Api.Answer>> calls) throws Exception {
        var answers = new ArrayList<Api.Answer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls)) answers.add(answer.get());
        }
        return answers;
    }

    private List<String> problems(String order, List<Integer> statuses) {
        var problems = new ArrayList<String>();
        var done = statuses.stream().filter(status -> status < 300).count();
        if (done != 1) problems.add(done + " were told that it was done");
        for (var status : statuses.stream().distinct().sorted().toList())
            if (!List.of(200, 201, 409, 422).contains(status)) problems.add("answered " + status);
        var open = count("state IN ('intent', 'unknown', 'waiting')", order);
        if (open != 0) problems.add(open + " have no answer");
        var begun = count("kind <> 'authorize'", order);
        if (begun != 1) problems.add(begun + " were put to the gateway");
        problems.addAll(
                server.database().sql("""
                        SELECT format('our payments say %s of 510 taken and %s given back', captured, refunded)
                        FROM payments.payments
                        WHERE order_id = ?::bigint AND NOT (captured IN (0, 510) AND refunded <= captured)
                        """).param(order).query(String.class).list());
        var ours = server.database()
                .sql("SELECT sum(captured - refunded) FROM payments.payments WHERE order_id = ?::bigint")
                .param(order)
                .query(Long.class)
                .single();
        if (ours != keptAtGateway(order))
            problems.add("our payments keep %d, and the gateway's %d".formatted(ours, keptAtGateway(order)));
        return problems;
    }

    /** Of an order's money, in pence. */
    long keptAtGateway(String order) {
        return gateway.effects().stream()
                .filter(effect -> effect.orderId().equals(order))
                .mapToLong(effect -> switch (effect.kind()) {
                    case "captured" -> effect.amount();
                    case "refunded" -> -effect.amount();
                    default -> 0;
                })
                .sum();
    }

    private long count(String what, String order) {
        return server.database()
                .sql("SELECT count(*) FROM payments.operations WHERE order_id = ?::bigint AND " + what)
                .param(order)
                .query(Long.class)
                .single();
    }
}
