package kontor.orders;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kontor.database.Rows;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Repository;

/** What customers hold without having paid. Whoever changes it does so before stock is taken or given back. */
@Repository
class HoldingStore {
    // Rows are locked one after the other as they are changed: in the order of customers everywhere, so that two
    // batches wait for each other and never in a ring. What does not grow is within the caps, whatever it is.
    private static final String ADD = """
            INSERT INTO orders.holdings (customer_id, unpaid_orders, held_units)
            SELECT customer_id, orders, units
            FROM unnest(?, ?, ?) AS change (customer_id, orders, units)
            WHERE orders <= {most_orders} AND units <= {most_units}
            ORDER BY customer_id
            ON CONFLICT (customer_id) DO UPDATE
            SET unpaid_orders = holdings.unpaid_orders + excluded.unpaid_orders,
                held_units = holdings.held_units + excluded.held_units
            WHERE (excluded.unpaid_orders <= 0 OR holdings.unpaid_orders + excluded.unpaid_orders <= {most_orders})
              AND (excluded.held_units <= 0 OR holdings.held_units + excluded.held_units <= {most_units})
            """;
    private static final String READ = """
            SELECT customer_id, unpaid_orders, held_units FROM orders.holdings WHERE customer_id = ANY (?)
            """;
    private static final String LOCK = """
            INSERT INTO orders.holdings (customer_id, unpaid_orders, held_units)
            SELECT customer_id, 0, 0 FROM unnest(?) AS customer (customer_id) ORDER BY customer_id
            ON CONFLICT (customer_id) DO UPDATE SET unpaid_orders = holdings.unpaid_orders
            RETURNING customer_id, unpaid_orders, held_units
            """;

    private final JdbcTemplate jdbc;
    private final String addWithinCaps;
    private final String add;

    HoldingStore(JdbcTemplate jdbc, OrderSettings settings) {
        this.jdbc = jdbc;
        this.addWithinCaps = capped(settings.mostUnpaidOrders(), settings.mostHeldUnits());
        this.add = capped(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private static String capped(long mostOrders, long mostUnits) {
        return ADD.replace("{most_orders}", String.valueOf(mostOrders))
                .replace("{most_units}", String.valueOf(mostUnits));
    }

    /** How much more a customer holds, or with a minus how much less. */
    record Change(long customerId, long orders, long units) {
        Change and(Change other) {
            return new Change(customerId, orders + other.orders, units + other.units);
        }
    }

    /** @return false when it is more than somebody may hold: the caller takes the transaction back */
    boolean addWithinCaps(List<Change> changes) {
        var added = byCustomer(changes);
        return added.isEmpty() || run(addWithinCaps, added) == added.size();
    }

    /** Counts what came of orders that stand, whatever it comes to. */
    void add(List<Change> changes) {
        var added = byCustomer(changes);
        if (!added.isEmpty()) run(add, added);
    }

    private int run(String sql, Collection<Change> changes) {
        return Rows.of(List.copyOf(changes))
                .bigint(Change::customerId)
                .bigint(Change::orders)
                .bigint(Change::units)
                .update(jdbc, sql);
    }

    private static Collection<Change> byCustomer(List<Change> changes) {
        var merged = new TreeMap<Long, Change>();
        for (var change : changes) merged.merge(change.customerId(), change, Change::and);
        return merged.values();
    }

    /** What these customers hold at this moment; those who have never held anything are missing. */
    Map<Long, Holding> of(long[] customers) {
        return query(READ, customers);
    }

    /** The same, locked until the transaction ends, and nobody is missing. */
    Map<Long, Holding> lock(long[] customers) {
        return query(LOCK, customers);
    }

    private Map<Long, Holding> query(String sql, long[] customers) {
        if (customers.length == 0) return Map.of();
        var held = HashMap.<Long, Holding>newHashMap(customers.length);
        RowCallbackHandler collect = row -> held.put(row.getLong(1), new Holding(row.getLong(2), row.getLong(3)));
        jdbc.query(sql, statement -> statement.setObject(1, customers), collect);
        return held;
    }
}
