package kontor.orders;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kontor.database.Rows;
import kontor.database.Statements;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class OrderStore {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    OrderStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    /** An order's row. */
    record Row(
            long id,
            @Nullable Long customerId,
            @Nullable String email,
            Currency currency,
            OrderStatus status,
            PaymentState paymentStatus,
            FulfilmentState fulfilmentStatus,
            Totals totals,
            @Nullable String shippingOption,
            @Nullable String shippingAddress,
            int version,
            @Nullable String externalId,
            @Nullable String externalCustomer,
            Instant placedAt) {
        /** @param minorUnits of the order's currency */
        Money money(long minorUnits) {
            return new Money(minorUnits, currency);
        }
    }

    /** A step in the life of an order. {@code fromStatus} is null for the first. */
    record Step(
            long orderId,
            int version,
            String event,
            @Nullable OrderStatus fromStatus,
            OrderStatus status,
            PaymentState paymentStatus,
            FulfilmentState fulfilmentStatus,
            String actor,
            @Nullable String detail,
            Instant at) {}

    /** A change of status to be made if the order still stands at {@code from}. */
    record Move(long orderId, OrderStatus from, OrderStatus to, PaymentState paymentStatus) {}

    /**
     * An order's row as it is now.
     *
     * @param units how many units of articles it names
     */
    record Moved(Row row, long units) {
        /** What it adds to what its customer holds, or with −1 takes off; nothing of a guest's. */
        Optional<HoldingStore.Change> counted(int times) {
            return Optional.ofNullable(row.customerId())
                    .map(customer -> new HoldingStore.Change(customer, times, times * units));
        }
    }

    /** An order as it is now, and where it stood before. */
    record Stand(Moved now, OrderStatus oldStatus, PaymentState oldPaymentStatus) {}

    private record LineOf(long orderId, OrderLine line) {}

    void insert(Statements statements, List<NewOrder> orders) {
        statements.add(
                """
                INSERT INTO orders.orders (id, customer_id, email, currency, status, payment_status,
                    subtotal, discount, shipping, tax, total, shipping_option, shipping_address, placed_at,
                    fulfilment_status, version, source)
                SELECT new.*, 'unfulfilled', 1, 'api'
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS new
                """,
                Rows.of(orders)
                        .bigint(NewOrder::id)
                        .nullableBigint(NewOrder::customerId)
                        .text(NewOrder::email)
                        .text(order -> order.currency().getCurrencyCode())
                        .text(order -> order.status().code())
                        .text(order -> order.paymentStatus().code())
                        .bigint(order -> order.totals().subtotal())
                        .bigint(order -> order.totals().discount())
                        .bigint(order -> order.totals().shipping())
                        .bigint(order -> order.totals().tax())
                        .bigint(order -> order.totals().total())
                        .text(NewOrder::shippingOption)
                        .jsonb(NewOrder::shippingAddress)
                        .timestamptz(NewOrder::placedAt));
        var lines = new ArrayList<LineOf>(orders.size() * 4);
        for (var order : orders) for (var line : order.lines()) lines.add(new LineOf(order.id(), line));
        statements.add(
                """
                INSERT INTO orders.lines (order_id, line, variant_id, sku, name, quantity, unit_price, discount, tax, total)
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Rows.of(lines)
                        .bigint(LineOf::orderId)
                        .integer(each -> each.line().line())
                        .nullableBigint(each -> each.line().variantId())
                        .text(each -> each.line().sku())
                        .text(each -> each.line().name())
                        .bigint(each -> each.line().quantity())
                        .bigint(each -> each.line().unitPrice())
                        .bigint(each -> each.line().discount())
                        .bigint(each -> each.line().tax())
                        .bigint(each -> each.line().total()));
    }

    void addSteps(Statements statements, List<Step> steps) {
        if (steps.isEmpty()) return;
        statements.add(
                """
                INSERT INTO orders.history (order_id, version, event, from_status, status, payment_status,
                    fulfilment_status, actor, detail, at)
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Rows.of(steps)
                        .bigint(Step::orderId)
                        .integer(Step::version)
                        .text(Step::event)
                        .text(step -> step.fromStatus() == null
                                ? null
                                : step.fromStatus().code())
                        .text(step -> step.status().code())
                        .text(step -> step.paymentStatus().code())
                        .text(step -> step.fulfilmentStatus().code())
                        .text(Step::actor)
                        .text(Step::detail)
                        .timestamptz(Step::at));
    }

    void run(Statements statements) {
        statements.run(jdbc);
    }

    /**
     * Moves orders on, each only if it still stands where the move begins.
     *
     * @return those that moved, as they are now
     */
    List<Moved> move(List<Move> moves) {
        return Rows.of(moves)
                .bigint(Move::orderId)
                .text(move -> move.from().code())
                .text(move -> move.to().code())
                .text(move -> move.paymentStatus().code())
                .query(jdbc, """
                        UPDATE orders.orders
                        SET status = move.to_status, payment_status = move.payment_status, version = version + 1
                        FROM unnest(?, ?, ?, ?) AS move (order_id, from_status, to_status, payment_status)
                        WHERE id = move.order_id AND status = move.from_status
                        RETURNING orders.*, (SELECT coalesce(sum(quantity), 0) FROM orders.lines
                                   WHERE order_id = orders.id AND variant_id IS NOT NULL) AS units
                        """, (row, number) -> new Moved(row(row), row.getLong("units")));
    }

    /** Writes where an order stands now, as its next version. The caller has locked it. */
    Stand stand(long id, OrderStatus status, PaymentState paymentStatus) {
        return client.sql("""
                        UPDATE orders.orders
                        SET status = :status, payment_status = :payment_status, version = version + 1
                        FROM (SELECT status AS old_status, payment_status AS old_payment_status
                              FROM orders.orders WHERE id = :id) AS was
                        WHERE id = :id
                        RETURNING orders.*, old_status, old_payment_status,
                                  (SELECT coalesce(sum(quantity), 0) FROM orders.lines
                                   WHERE order_id = orders.id AND variant_id IS NOT NULL) AS units
                        """)
                .param("id", id)
                .param("status", status.code())
                .param("payment_status", paymentStatus.code())
                .query((row, number) -> new Stand(
                        new Moved(row(row), row.getLong("units")),
                        OrderStatus.ofCode(row.getString("old_status")),
                        PaymentState.ofCode(row.getString("old_payment_status"))))
                .single();
    }

    /** @param customerId whose order it must be; null for anyone's */
    Optional<Row> find(long id, @Nullable Long customerId) {
        return client.sql("""
                        SELECT * FROM orders.orders
                        WHERE id = :id AND (:customer::bigint IS NULL OR customer_id = :customer)
                        """)
                .param("id", id)
                .param("customer", customerId)
                .query((row, number) -> row(row))
                .optional();
    }

    /** The row, locked until the transaction ends. */
    Optional<Row> lock(long id, @Nullable Long customerId) {
        return client.sql("""
                        SELECT * FROM orders.orders
                        WHERE id = :id AND (:customer::bigint IS NULL OR customer_id = :customer)
                        FOR UPDATE
                        """)
                .param("id", id)
                .param("customer", customerId)
                .query((row, number) -> row(row))
                .optional();
    }

    /**
     * Orders with ids below {@code before}, newest first.
     *
     * @param customerId whose; null for everyone's
     * @param status in which state; null for every state
     */
    List<Row> list(long before, int limit, @Nullable Long customerId, @Nullable OrderStatus status) {
        // Two texts and not one with "or null": each keeps a plan of its own, on its own index.
        var sql = new StringBuilder("SELECT * FROM orders.orders WHERE id < :before");
        if (customerId != null) sql.append(" AND customer_id = :customer");
        if (status != null) sql.append(" AND status = :status");
        return client.sql(sql.append(" ORDER BY id DESC LIMIT :limit").toString())
                .param("before", before)
                .param("limit", limit)
                .param("customer", customerId)
                .param("status", status == null ? null : status.code())
                .query((row, number) -> row(row))
                .list();
    }

    /** The lines of these orders, by order. */
    Map<Long, List<OrderLine>> lines(List<Long> orderIds) {
        var lines = new HashMap<Long, List<OrderLine>>();
        Rows.of(orderIds)
                .bigint(Long::longValue)
                .query(
                        jdbc,
                        "SELECT * FROM orders.lines WHERE order_id = ANY (?) ORDER BY order_id, line",
                        (row, number) -> lines.computeIfAbsent(row.getLong("order_id"), _ -> new ArrayList<>())
                                .add(line(row)));
        return lines;
    }

    private static OrderLine line(ResultSet row) throws SQLException {
        return new OrderLine(
                row.getInt("line"),
                row.getObject("variant_id", Long.class),
                row.getString("sku"),
                row.getString("name"),
                row.getLong("quantity"),
                row.getLong("unit_price"),
                row.getLong("discount"),
                row.getLong("tax"),
                row.getLong("total"));
    }

    List<Step> history(long orderId) {
        return client.sql("SELECT * FROM orders.history WHERE order_id = :id ORDER BY version")
                .param("id", orderId)
                .query((row, number) -> {
                    var from = row.getString("from_status");
                    return new Step(
                            orderId,
                            row.getInt("version"),
                            row.getString("event"),
                            from == null ? null : OrderStatus.ofCode(from),
                            OrderStatus.ofCode(row.getString("status")),
                            PaymentState.ofCode(row.getString("payment_status")),
                            FulfilmentState.ofCode(row.getString("fulfilment_status")),
                            row.getString("actor"),
                            row.getString("detail"),
                            row.getTimestamp("at").toInstant());
                })
                .list();
    }

    // It reads other modules' tables: what has expired is known only to all three together.
    /**
     * Orders that wait for their buyers although the promise of their stock has run out: no question is open at a gateway,
     * none to give them up was refused a moment ago, and staff are not looking at whether they are paid.
     */
    List<Long> expired(int limit) {
        return client.sql("""
                        SELECT orders.id
                        FROM payments.payments
                        JOIN orders.orders ON orders.id = payments.order_id AND orders.status = 'pending_payment'
                        WHERE payments.status = 'requires_action'
                          AND EXISTS (
                              SELECT FROM inventory.holds
                              WHERE holds.order_id = orders.id AND holds.state = 'held' AND holds.expires_at < now())
                          AND NOT EXISTS (
                              SELECT FROM payments.operations
                              WHERE operations.order_id = orders.id
                                AND (operations.state IN ('intent', 'unknown')
                                     -- Refused a moment ago: the same would be heard again.
                                     OR operations.kind = 'void' AND operations.created_at > now() - interval '5 minutes'))
                          AND NOT EXISTS (
                              SELECT FROM payments.work_items
                              WHERE work_items.kind = 'unexpected_state' AND subject = 'payment ' || payments.id
                                AND resolved_at IS NULL)
                        LIMIT :limit
                        """).param("limit", limit).query(Long.class).list();
    }

    /** Whether an order of theirs has not come to its end. */
    boolean hasOpen(long customerId) {
        return client.sql("""
                        SELECT EXISTS (SELECT FROM orders.orders
                                       WHERE customer_id = :customer AND status IN ('pending_payment', 'confirmed')
                                         AND payment_status <> 'refunded')
                        """)
                .param("customer", customerId)
                .query(Boolean.class)
                .single();
    }

    /** Takes out of a customer's orders where they lived. @return the orders that said so */
    List<Long> erasePerson(long customerId) {
        return client.sql("""
                        UPDATE orders.orders SET email = NULL, shipping_address = NULL
                        WHERE customer_id = :customer AND (email IS NOT NULL OR shipping_address IS NOT NULL)
                        RETURNING id
                        """).param("customer", customerId).query(Long.class).list();
    }

    // It reads another module's table: who was erased while an order of theirs was on its way here.
    /** The same for ended orders of customers who are not there any more. */
    List<Long> eraseErased() {
        return client.sql("""
                        UPDATE orders.orders SET email = NULL, shipping_address = NULL
                        WHERE customer_id = ANY (ARRAY(SELECT id FROM accounts.users WHERE erased_at IS NOT NULL))
                          AND (status IN ('completed', 'cancelled') OR payment_status = 'refunded')
                          AND (email IS NOT NULL OR shipping_address IS NOT NULL)
                        RETURNING id
                        """).query(Long.class).list();
    }

    /** Orders of customers who were erased within a day: what was asked for before may be answered after. */
    List<Long> ofThoseErasedLately() {
        return client.sql("""
                        SELECT id FROM orders.orders
                        WHERE customer_id = ANY (ARRAY(SELECT id FROM accounts.users
                                                       WHERE erased_at > now() - interval '1 day'))
                        """).query(Long.class).list();
    }

    /** The secret behind this shop's order numbers. */
    UUID numberKey() {
        return client.sql("SELECT key FROM orders.number_key").query(UUID.class).single();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("id"),
                row.getObject("customer_id", Long.class),
                row.getString("email"),
                Currency.getInstance(row.getString("currency")),
                OrderStatus.ofCode(row.getString("status")),
                PaymentState.ofCode(row.getString("payment_status")),
                FulfilmentState.ofCode(row.getString("fulfilment_status")),
                new Totals(
                        row.getLong("subtotal"), row.getLong("discount"), row.getLong("shipping"), row.getLong("tax")),
                row.getString("shipping_option"),
                row.getString("shipping_address"),
                row.getInt("version"),
                row.getString("external_id"),
                row.getString("external_customer"),
                row.getTimestamp("placed_at").toInstant());
    }
}
