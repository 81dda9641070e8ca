package kontor.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what an order has left behind, to compare orders with each other. */
final class OrderRows {
    /** Where an order leaves rows, and how to find them by its id. */
    static final Map<String, String> TABLES = Map.of(
            "idempotency.keys", "order_id = %d",
            "orders.orders", "id = %d",
            "orders.lines", "order_id = %d",
            "orders.history", "order_id = %d",
            "payments.payments", "order_id = %d",
            "ledger.transactions", "order_id = %d",
            "ledger.entries", "transaction_id IN (SELECT id FROM ledger.transactions WHERE order_id = %d)",
            "events.outbox", "order_id = %d",
            "inventory.holds", "order_id = %d");
    /** What differs between two orders of the same things. */
    private static final String OWN = "id,order_id,payment_id,transaction_id,source_id,key,fingerprint,answer,location,"
            + "placed_at,posted_at,xact,created_at,updated_at,at";
    /** What differs between orders of other things by other people. */
    private static final String OF_ITS_BASKET =
            ",customer_id,principal,actor,variant_id,sku,name,unit_price,subtotal,total,amount,published_at";

    private OrderRows() {}

    /** As JSON, without what only this order can have. */
    static Map<String, List<String>> of(Connection connection, long order) throws SQLException {
        return read(connection, order, OWN, "{payload,order_id}");
    }

    /** As JSON, and only what is the same in all orders of the benchmark. */
    static Map<String, List<String>> ofAnyBasket(Connection connection, long order) throws SQLException {
        return read(connection, order, OWN + OF_ITS_BASKET, "{payload,total,amount}");
    }

    private static Map<String, List<String>> read(Connection connection, long order, String without, String inPayload)
            throws SQLException {
        var rows = new TreeMap<String, List<String>>();
        for (var table : TABLES.entrySet())
            rows.put(
                    table.getKey(),
                    texts(
                            connection,
                            "SELECT (to_jsonb(each) - '{%s}'::text[]) #- '{payload,order_id}' #- '%s' FROM %s each WHERE %s ORDER BY 1"
                                    .formatted(
                                            without,
                                            inPayload,
                                            table.getKey(),
                                            table.getValue().formatted(order))));
        return rows;
    }

    static List<String> texts(Connection connection, String sql) throws SQLException {
        var texts = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) texts.add(rows.getString(1));
        }
        return texts;
    }
}
