package kontor.orders.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kontor.database.Rows;
import kontor.database.Statements;
import kontor.orders.FulfilmentState;
import kontor.orders.OrderLine;
import kontor.orders.OrderStatus;
import kontor.orders.PaymentState;
import kontor.orders.Totals;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The orders and credits that imports make. */
@Repository
class ImportedOrderStore {
    private final JdbcTemplate jdbc;

    ImportedOrderStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** An order about to be written, shipped long ago. {@code version} is that of its last step. */
    record NewOrder(
            long id,
            Document document,
            List<OrderLine> lines,
            Totals totals,
            PaymentState paymentStatus,
            int version) {}

    /** A step in an order's life. {@code fromStatus} is null for the first. */
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

    private record LineOf(long orderId, OrderLine line) {}

    void insertOrders(Statements statements, List<NewOrder> orders) {
        var rows = Rows.of(orders)
                .bigint(NewOrder::id)
                .text(order -> order.document().email())
                .text(order -> order.document().currency().getCurrencyCode())
                .text(order -> order.paymentStatus().code())
                .bigint(order -> order.totals().subtotal())
                .bigint(order -> order.totals().discount())
                .bigint(order -> order.totals().shipping())
                .bigint(order -> order.totals().tax())
                .bigint(order -> order.totals().total())
                .integer(NewOrder::version)
                .text(order -> order.document().externalId())
                .text(order -> order.document().customer())
                .text(order -> order.document().country())
                .timestamptz(order -> order.document().placedAt());
        statements.add("""
                INSERT INTO orders.orders (id, email, currency, payment_status, subtotal, discount, shipping, tax, total,
                    version, external_id, external_customer, external_country, placed_at,
                    status, fulfilment_status, source)
                SELECT new.*, 'completed', 'fulfilled', 'import'
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS new
                """, rows);
        var lines = new ArrayList<LineOf>();
        for (var order : orders) for (var line : order.lines()) lines.add(new LineOf(order.id(), line));
        statements.add(
                """
                INSERT INTO orders.lines (order_id, line, variant_id, sku, name, quantity, unit_price, total)
                SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Rows.of(lines)
                        .bigint(LineOf::orderId)
                        .integer(each -> each.line().line())
                        .nullableBigint(each -> each.line().variantId())
                        .text(each -> each.line().sku())
                        .text(each -> each.line().name())
                        .bigint(each -> each.line().quantity())
                        .bigint(each -> each.line().unitPrice())
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

    /** What an order that was imported before consists of, as far as an import can tell. */
    record Existing(Currency currency, Totals totals, List<SoldLine> lines) {}

    record SoldLine(String sku, long quantity, long unitPrice) {}

    /** The orders that are there already, by external id. */
    Map<String, Existing> existingOrders(List<Document> documents) {
        var existing = new HashMap<String, Existing>();
        Rows.of(documents).text(Document::externalId).query(jdbc, """
                        SELECT external_id, currency, subtotal, orders.discount, shipping, orders.tax, sku, quantity, unit_price
                        FROM orders.orders
                        JOIN orders.lines ON lines.order_id = orders.id
                        WHERE external_id = ANY (?)
                        ORDER BY orders.id, line
                        """, (row, number) -> {
            var order = existing.get(row.getString("external_id"));
            if (order == null) {
                order = new Existing(
                        Currency.getInstance(row.getString("currency")),
                        new Totals(
                                row.getLong("subtotal"),
                                row.getLong("discount"),
                                row.getLong("shipping"),
                                row.getLong("tax")),
                        new ArrayList<>());
                existing.put(row.getString("external_id"), order);
            }
            return order.lines()
                    .add(new SoldLine(row.getString("sku"), row.getLong("quantity"), row.getLong("unit_price")));
        });
        return existing;
    }

    /** What was sold to the customers of these credits and not given back yet. */
    EarlierSales earlierSales(List<Document> credits, List<StagedLine> lines) {
        var customers = credits.stream()
                .map(Document::customer)
                .filter(customer -> customer != null)
                .distinct()
                .toArray(String[]::new);
        var skus = lines.stream().map(StagedLine::sku).distinct().toArray(String[]::new);
        var sales = new EarlierSales();
        var orders = new HashMap<Long, EarlierSales.Order>();
        jdbc.query(
                """
                WITH bought AS MATERIALIZED (
                    SELECT id, external_id, external_customer, currency, placed_at, shipping,
                           total - (SELECT coalesce(sum(total), 0) FROM orders.credits WHERE order_id = orders.id) AS left_of_order
                    FROM orders.orders
                    WHERE external_customer = ANY (?) AND external_id IS NOT NULL
                )
                SELECT bought.*, line.line, 'goods' AS role, line.sku, line.unit_price,
                       line.quantity - coalesce(credited.credited, 0) AS left_of_line
                FROM bought
                JOIN orders.lines AS line ON line.order_id = bought.id AND line.sku = ANY (?)
                LEFT JOIN orders.credited ON credited.order_id = line.order_id AND credited.line = line.line
                UNION ALL
                SELECT bought.*, 0, 'shipping', '', 1, shipping - coalesce(credited.credited, 0)
                FROM bought
                LEFT JOIN orders.credited ON credited.order_id = bought.id AND credited.line = 0
                WHERE shipping > 0
                """,
                row -> {
                    var id = row.getLong("id");
                    var order = orders.get(id);
                    if (order == null) {
                        order = new EarlierSales.Order(
                                id,
                                row.getString("external_id"),
                                row.getTimestamp("placed_at").toInstant(),
                                row.getLong("left_of_order"));
                        orders.put(id, order);
                    }
                    sales.add(
                            row.getString("external_customer"),
                            row.getString("currency"),
                            Role.ofCode(row.getString("role")),
                            row.getString("sku"),
                            new EarlierSales.Line(
                                    order, row.getInt("line"), row.getLong("unit_price"), row.getLong("left_of_line")));
                },
                customers,
                skus);
        return sales.sorted();
    }

    /** How a credit reached the customer. */
    enum GivenAs {
        BANK,
        RECEIVABLE,
        CUSTOMER_CREDIT
    }

    /** @param orderId null for a credit to the customer */
    record NewCredit(
            long id,
            @Nullable Long orderId,
            long importId,
            Document document,
            long total,
            GivenAs givenAs,
            List<CreditLine> lines) {}

    /** @param orderLine which line of the order; 0 for its shipping, null for none */
    record CreditLine(@Nullable Integer orderLine, String sku, String name, long quantity, long unitPrice) {
        long total() {
            return Math.multiplyExact(quantity, unitPrice);
        }
    }

    private record LineOfCredit(NewCredit credit, int number, CreditLine line) {}

    void insertCredits(List<NewCredit> credits) {
        Rows.of(credits)
                .bigint(NewCredit::id)
                .nullableBigint(NewCredit::orderId)
                .text(credit -> credit.document().externalId())
                .text(credit -> credit.document().customer())
                .bigint(NewCredit::importId)
                .text(credit -> credit.document().currency().getCurrencyCode())
                .bigint(NewCredit::total)
                .text(credit -> credit.givenAs().name().toLowerCase(Locale.ROOT))
                .timestamptz(credit -> credit.document().placedAt())
                .update(jdbc, """
                        INSERT INTO orders.credits (id, order_id, external_id, external_customer, import_id, currency, total,
                            given_as, credited_at)
                        SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """);
        var lines = new ArrayList<LineOfCredit>();
        for (var credit : credits) {
            var number = 1;
            for (var line : credit.lines()) lines.add(new LineOfCredit(credit, number++, line));
        }
        Rows.of(lines)
                .bigint(each -> each.credit().id())
                .integer(LineOfCredit::number)
                .nullableBigint(each -> each.line().orderLine() == null
                        ? null
                        : Long.valueOf(each.line().orderLine()))
                .text(each -> each.line().sku())
                .text(each -> each.line().name())
                .bigint(each -> each.line().quantity())
                .bigint(each -> each.line().unitPrice())
                .bigint(each -> each.line().total())
                .update(jdbc, """
                        INSERT INTO orders.credit_lines (credit_id, line, order_line, sku, name, quantity, unit_price, total)
                        SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                        """);
        countCredited(
                lines.stream().filter(each -> each.credit().orderId() != null).toList());
    }

    /** The database refuses to credit more of a line than was sold. */
    private void countCredited(List<LineOfCredit> lines) {
        Rows.of(lines)
                .nullableBigint(each -> each.credit().orderId())
                .nullableBigint(each -> each.line().orderLine() == null
                        ? null
                        : Long.valueOf(each.line().orderLine()))
                .bigint(each -> Integer.valueOf(0).equals(each.line().orderLine())
                        ? each.line().total()
                        : each.line().quantity())
                .update(jdbc, """
                        INSERT INTO orders.credited AS credited (order_id, line, sold, credited)
                        SELECT given.order_id, given.line,
                               CASE WHEN given.line = 0 THEN orders.shipping ELSE sold.quantity END, given.quantity
                        FROM (SELECT order_id, line, sum(quantity)::bigint AS quantity
                              FROM unnest(?, ?, ?) AS each (order_id, line, quantity)
                              GROUP BY order_id, line) AS given
                        JOIN orders.orders ON orders.id = given.order_id
                        LEFT JOIN orders.lines AS sold ON sold.order_id = given.order_id AND sold.line = given.line
                        ON CONFLICT (order_id, line) DO UPDATE SET credited = credited.credited + excluded.credited
                        """);
    }

    /** An order that is being credited, locked until the transaction ends. */
    record Credited(
            long id,
            Currency currency,
            OrderStatus status,
            PaymentState paymentStatus,
            FulfilmentState fulfilmentStatus,
            Totals totals,
            int version,
            long paidBack) {}

    /** @return by id, with what was paid back before */
    Map<Long, Credited> lock(Collection<Long> orderIds) {
        var orders = new HashMap<Long, Credited>();
        Rows.of(List.copyOf(orderIds))
                .bigint(Long::longValue)
                .query(
                        jdbc,
                        """
                        SELECT orders.*,
                               (SELECT coalesce(sum(total), 0) FROM orders.credits
                                WHERE order_id = orders.id AND given_as = 'bank') AS paid_back
                        FROM orders.orders
                        WHERE id = ANY (?)
                        ORDER BY id
                        FOR UPDATE
                        """,
                        (row, number) -> orders.put(
                                row.getLong("id"),
                                new Credited(
                                        row.getLong("id"),
                                        Currency.getInstance(row.getString("currency")),
                                        OrderStatus.ofCode(row.getString("status")),
                                        PaymentState.ofCode(row.getString("payment_status")),
                                        FulfilmentState.ofCode(row.getString("fulfilment_status")),
                                        new Totals(
                                                row.getLong("subtotal"),
                                                row.getLong("discount"),
                                                row.getLong("shipping"),
                                                row.getLong("tax")),
                                        row.getInt("version"),
                                        row.getLong("paid_back"))));
        return orders;
    }

    /** To be called with the rows that {@link #lock} has locked, as they are now. */
    void update(Collection<Credited> orders) {
        Rows.of(List.copyOf(orders))
                .bigint(Credited::id)
                .text(order -> order.paymentStatus().code())
                .integer(Credited::version)
                .update(jdbc, """
                        UPDATE orders.orders SET payment_status = changed.payment_status, version = changed.version
                        FROM unnest(?, ?, ?) AS changed (id, payment_status, version)
                        WHERE orders.id = changed.id
                        """);
    }

    /** A line of a credit that was imported before. */
    record ExistingCreditLine(
            String externalId,
            String currency,
            @Nullable String orderExternalId,
            @Nullable Integer orderLine,
            SoldLine line) {
        boolean isOf(Currency given, StagedLine source) {
            return currency.equals(given.getCurrencyCode())
                    && line.equals(new SoldLine(source.sku(), -source.quantity(), source.price()));
        }
    }

    List<ExistingCreditLine> existingCredits(List<Document> documents) {
        return Rows.of(documents)
                .text(Document::externalId)
                .query(
                        jdbc,
                        """
                        SELECT credit.external_id, credit.currency, orders.external_id AS order_external_id, line.*
                        FROM orders.credits AS credit
                        JOIN orders.credit_lines AS line ON line.credit_id = credit.id
                        LEFT JOIN orders.orders ON orders.id = credit.order_id
                        WHERE credit.external_id = ANY (?)
                        ORDER BY credit.id, line.line
                        """,
                        (row, number) -> new ExistingCreditLine(
                                row.getString("external_id"),
                                row.getString("currency"),
                                row.getString("order_external_id"),
                                row.getObject("order_line", Integer.class),
                                new SoldLine(
                                        row.getString("sku"), row.getLong("quantity"), row.getLong("unit_price"))));
    }
}
