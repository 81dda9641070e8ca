package kontor.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kontor.payments.GatewayAnswer;
import kontor.payments.WebhookEvent;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What must be true of a seed's orders when everything has come to rest: above all that the gateway's book and ours agree. */
final class BookCheck {
    private static final String PROBLEMS = """
            SELECT 'operation ' || kind || ' ' || id || ' is ' || state FROM payments.operations
            WHERE order_id > :before AND state IN ('intent', 'unknown', 'waiting')
            UNION ALL
            SELECT 'payment ' || id || ' is ' || status FROM payments.payments
            WHERE order_id > :before AND (status IN ('created', 'unknown', 'requires_action') OR refunding > 0)
            UNION ALL
            SELECT 'order ' || id || ' is ' || status FROM orders.orders WHERE id > :before AND status = 'pending_payment'
            UNION ALL
            SELECT 'refund ' || id || ' is pending' FROM orders.refunds WHERE order_id > :before AND state = 'pending'
            UNION ALL
            SELECT 'message ' || event_id || ' waits' FROM payments.inbound_events WHERE state = 'received'
            UNION ALL
            SELECT 'order ' || orders.id || ' is ' || status || ' and its stock is ' || coalesce(state, 'gone')
            FROM orders.orders LEFT JOIN inventory.holds ON order_id = orders.id
            WHERE orders.id > :before AND state IS DISTINCT FROM CASE status WHEN 'cancelled' THEN 'released' ELSE 'held' END
            UNION ALL
            SELECT 'payment ' || payments.id || ' captured ' || captured || ' and gave back ' || refunded
                || ', its operations ' || coalesce(sum(operations.amount) FILTER (WHERE kind = 'capture'
                       OR kind = 'authorize' AND captures), 0)
                || ' and ' || coalesce(sum(operations.amount) FILTER (WHERE kind = 'refund'), 0)
            FROM payments.payments
            LEFT JOIN payments.operations ON operations.order_id = payments.order_id AND payment_id = payments.id
                AND state = 'succeeded'
            WHERE payments.order_id > :before
            GROUP BY payments.order_id, payments.id
            HAVING captured <> coalesce(sum(operations.amount) FILTER (WHERE kind = 'capture'
                       OR kind = 'authorize' AND captures), 0)
                OR refunded <> coalesce(sum(operations.amount) FILTER (WHERE kind = 'refund'), 0)
            UNION ALL
            SELECT 'order ' || order_id || ' comes to ' || total || ' and took ' || sum(captured)
            FROM payments.payments JOIN orders.orders ON orders.id = order_id
            WHERE order_id > :before AND NOT late GROUP BY order_id, total HAVING sum(captured) > total
            UNION ALL
            SELECT 'the books of order ' || order_id || ' show ' || booked || ' at the gateway, its payments ' || paid
            FROM (
                SELECT order_id, sum(captured - refunded - disputed) AS paid FROM payments.payments
                WHERE order_id > :before AND method = 'card' GROUP BY order_id) AS payment
            LEFT JOIN LATERAL (
                SELECT coalesce(sum(amount), 0) AS booked
                FROM ledger.transactions JOIN ledger.entries ON transaction_id = id
                WHERE transactions.order_id = payment.order_id AND account = 'gateway_clearing') AS book ON true
            WHERE booked <> paid
            UNION ALL
            SELECT 'order ' || orders.id || ' is at step ' || orders.version || ' and told of ' || count(outbox.version)
            FROM orders.orders LEFT JOIN events.outbox ON outbox.order_id = orders.id
            WHERE orders.id > :before
            GROUP BY orders.id, orders.version HAVING count(outbox.version) <> orders.version
            """;

    private final JdbcClient database;
    private final FakeGateway gateway;

    BookCheck(JdbcClient database, FakeGateway gateway) {
        this.database = database;
        this.gateway = gateway;
    }

    private record Net(long order, long ours) {}

    boolean isBusy(long before) {
        return database.sql("""
                        SELECT EXISTS (SELECT FROM payments.operations
                                       WHERE order_id > :before AND state IN ('intent', 'unknown', 'waiting'))
                            OR EXISTS (SELECT FROM orders.orders WHERE id > :before AND status = 'pending_payment')
                            OR EXISTS (SELECT FROM payments.inbound_events WHERE state = 'received')
                        """).param("before", before).query(Boolean.class).single();
    }

    /** Of money for a payment that has ended nobody would ever ask: only the gateway's message tells of it. */
    boolean mustBeTold(WebhookEvent event) {
        return event.dispute() != null || event.answer() instanceof GatewayAnswer.Captured;
    }

    /** Where the orders, their payments and the books stand, in words that are the same for every order of the kind. */
    List<String> standing(long before) {
        return database.sql("""
                        SELECT concat_ws(' ', 'order', status, payment_status) FROM orders.orders WHERE id > :before
                        UNION ALL
                        SELECT concat_ws(' ', method, status, captured, capturing, refunded, refunding, disputed, late)
                        FROM payments.payments WHERE order_id > :before
                        UNION ALL
                        SELECT concat_ws(' ', account, sum(amount))
                        FROM ledger.transactions JOIN ledger.entries ON transaction_id = id
                        WHERE order_id > :before GROUP BY account
                        ORDER BY 1
                        """).param("before", before).query(String.class).list();
    }

    /** @return what is wrong, in words */
    List<String> problems(long before, List<Simulation.Request> requests) {
        var problems = new ArrayList<>(database.sql(PROBLEMS)
                .param("before", before)
                .query(String.class)
                .list());
        for (var net : database.sql("""
                        SELECT orders.id, coalesce(sum(captured - refunded) FILTER (WHERE gateway = 'simulated'), 0)
                        FROM orders.orders LEFT JOIN payments.payments ON order_id = orders.id
                        WHERE orders.id > ? GROUP BY orders.id
                        """)
                .param(before)
                .query((row, number) -> new Net(row.getLong(1), row.getLong(2)))
                .list())
            if (gateway.net(net.order()) != net.ours())
                problems.add("the gateway has %d of order %d, our payments say %d"
                        .formatted(gateway.net(net.order()), net.order(), net.ours()));
        gateway.book().stream()
                .collect(Collectors.groupingBy(FakeGateway.Effect::operationKey, Collectors.counting()))
                .forEach((key, times) -> {
                    if (times > 1) problems.add("operation " + key + " was carried out " + times + " times");
                });
        var wanted = requests.stream()
                .filter(request -> request.name.startsWith("place"))
                .count();
        var there = database.sql("SELECT count(*) FROM orders.orders WHERE id > ?")
                .param(before)
                .query(Long.class)
                .single();
        if (wanted != there) problems.add(wanted + " orders were wanted, and " + there + " are there");
        return problems;
    }
}
