package kontor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kontor.bench.RawOrder.Parameter;

/** The reference's statements: all that Kontor writes for one order, in one call of a function and in one statement. */
final class RawSql {
    private RawSql() {}

    static final List<Parameter> PARAMETERS = parameters();

    private static List<Parameter> parameters() {
        var parameters = new ArrayList<>(List.of(
                Parameter.of("id", "bigint", RawOrder::id, "nextval('orders.order_ids')"),
                Parameter.of("payment_id", "bigint", RawOrder::paymentId, "nextval('payments.payment_ids')"),
                Parameter.of("transaction_id", "bigint", RawOrder::transactionId, "nextval('ledger.transaction_ids')"),
                Parameter.of("buyer", "bigint", RawOrder::buyer, ":buyer"),
                Parameter.of("request_key", "text", RawOrder::key, "gen_random_uuid()"),
                Parameter.of("fingerprint", "bytea", RawOrder::fingerprint, "decode(repeat('5a', 32), 'hex')"),
                Parameter.of("address", "jsonb", order -> order.sample().address(), ":address"),
                Parameter.of("subtotal", "bigint", order -> order.basket().subtotal(), ":subtotal"),
                Parameter.of("total", "bigint", order -> order.basket().total(), ":total")));
        var variables = List.of(":a", ":b", ":c");
        for (var i = 0; i < Basket.LINES; i++) {
            var line = i;
            var number = i + 1;
            var variable = variables.get(i);
            parameters.add(Parameter.of(
                    "variant_" + number, "bigint", order -> article(order, line).variantId(), variable));
            parameters.add(Parameter.of(
                    "sku_" + number, "text", order -> article(order, line).sku(), "'K' || (10000 + " + variable + ")"));
            parameters.add(Parameter.of(
                    "name_" + number,
                    "text",
                    order -> article(order, line).name(),
                    "'BENCHMARK CREAM CUPID HEARTS ' || (10000 + " + variable + ")"));
            parameters.add(Parameter.of(
                    "price_" + number,
                    "bigint",
                    order -> article(order, line).price(),
                    "100 + " + variable + " % 900"));
        }
        return List.copyOf(parameters);
    }

    private static Article article(RawOrder order, int line) {
        return order.basket().articles().get(line);
    }

    /** The function, its parameters left out: they are {@link #PARAMETERS} by name. Stock is taken last. */
    private static final String FUNCTION_BODY = """
            BEGIN
                INSERT INTO idempotency.keys (principal, route, key, fingerprint, order_id)
                VALUES ('user:' || buyer, 'POST /orders', request_key, fingerprint, id);
                INSERT INTO orders.orders (id, customer_id, currency, status, payment_status, fulfilment_status, subtotal,
                    discount, shipping, tax, total, shipping_option, shipping_address, version, source, placed_at)
                VALUES (id, buyer, 'GBP', 'confirmed', 'open', 'unfulfilled', subtotal, 0, 495, 0, total, 'express',
                    address, 1, 'api', now());
                INSERT INTO orders.lines (order_id, line, variant_id, sku, name, quantity, unit_price, total)
                VALUES (id, 1, variant_1, sku_1, name_1, 1, price_1, price_1),
                       (id, 2, variant_2, sku_2, name_2, 1, price_2, price_2),
                       (id, 3, variant_3, sku_3, name_3, 1, price_3, price_3);
                INSERT INTO orders.history (order_id, version, event, status, payment_status, fulfilment_status, actor, at)
                VALUES (id, 1, 'placed', 'confirmed', 'open', 'unfulfilled', 'user:' || buyer, now());
                INSERT INTO inventory.holds (order_id, variant_id, location_id, quantity, state)
                VALUES (id, variant_1, 1, 1, 'held'), (id, variant_2, 1, 1, 'held'), (id, variant_3, 1, 1, 'held');
                INSERT INTO payments.payments (order_id, id, method, currency, amount, status)
                VALUES (id, payment_id, 'invoice', 'GBP', total, 'open');
                INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
                VALUES (transaction_id, id, 'order', id, 'invoice', now());
                INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
                VALUES (transaction_id, 1, 'receivables', 'GBP', total),
                       (transaction_id, 2, 'revenue', 'GBP', -subtotal),
                       (transaction_id, 3, 'shipping_revenue', 'GBP', -495);
                INSERT INTO events.outbox (order_id, version, type, payload, created_at)
                VALUES (id, 1, 'order.placed', ('{"order_id":' || id
                    || ',"status":"confirmed","payment_status":"open","total":{"amount":' || total
                    || ',"currency":"GBP"}}')::jsonb, now());
                UPDATE inventory.levels SET reserved = reserved + 1
                WHERE variant_id = variant_1 AND location_id = 1 AND on_hand - reserved >= 1;
                IF NOT FOUND THEN RAISE 'sold out'; END IF;
                UPDATE inventory.levels SET reserved = reserved + 1
                WHERE variant_id = variant_2 AND location_id = 1 AND on_hand - reserved >= 1;
                IF NOT FOUND THEN RAISE 'sold out'; END IF;
                UPDATE inventory.levels SET reserved = reserved + 1
                WHERE variant_id = variant_3 AND location_id = 1 AND on_hand - reserved >= 1;
                IF NOT FOUND THEN RAISE 'sold out'; END IF;
            END
            """;

    // The stock is counted by dividing by zero when an article is short, which undoes the whole statement.
    private static final String STATEMENT_BODY = """
            , key AS (
                INSERT INTO idempotency.keys (principal, route, key, fingerprint, order_id)
                SELECT 'user:' || buyer, 'POST /orders', request_key, fingerprint, id
                FROM given
            ), placed AS (
                INSERT INTO orders.orders (id, customer_id, currency, status, payment_status, fulfilment_status, subtotal,
                    discount, shipping, tax, total, shipping_option, shipping_address, version, source, placed_at)
                SELECT id, buyer, 'GBP', 'confirmed', 'open', 'unfulfilled', subtotal, 0, 495, 0, total, 'express', address,
                    1, 'api', now()
                FROM given
            ), lines AS (
                INSERT INTO orders.lines (order_id, line, variant_id, sku, name, quantity, unit_price, total)
                SELECT id, line.* FROM given, LATERAL (VALUES
                    (1, variant_1, sku_1, name_1, 1, price_1, price_1),
                    (2, variant_2, sku_2, name_2, 1, price_2, price_2),
                    (3, variant_3, sku_3, name_3, 1, price_3, price_3)) AS line
            ), history AS (
                INSERT INTO orders.history (order_id, version, event, status, payment_status, fulfilment_status, actor, at)
                SELECT id, 1, 'placed', 'confirmed', 'open', 'unfulfilled', 'user:' || buyer, now() FROM given
            ), holds AS (
                INSERT INTO inventory.holds (order_id, variant_id, location_id, quantity, state)
                SELECT id, variant, 1, 1, 'held'
                FROM given, LATERAL (VALUES (variant_1), (variant_2), (variant_3)) AS line (variant)
            ), payment AS (
                INSERT INTO payments.payments (order_id, id, method, currency, amount, status)
                SELECT id, payment_id, 'invoice', 'GBP', total, 'open' FROM given
            ), transaction AS (
                INSERT INTO ledger.transactions (id, order_id, source_type, source_id, kind, posted_at)
                SELECT transaction_id, id, 'order', id, 'invoice', now() FROM given
            ), entries AS (
                INSERT INTO ledger.entries (transaction_id, line, account, currency, amount)
                SELECT transaction_id, entry.line, entry.account, 'GBP', entry.amount FROM given, LATERAL (VALUES
                    (1, 'receivables', total), (2, 'revenue', -subtotal), (3, 'shipping_revenue', -495))
                    AS entry (line, account, amount)
            ), event AS (
                INSERT INTO events.outbox (order_id, version, type, payload, created_at)
                SELECT id, 1, 'order.placed', ('{"order_id":' || id
                    || ',"status":"confirmed","payment_status":"open","total":{"amount":' || total
                    || ',"currency":"GBP"}}')::jsonb, now()
                FROM given
            ), stock_1 AS (
                UPDATE inventory.levels SET reserved = reserved + 1
                WHERE variant_id = (SELECT variant_1 FROM given) AND location_id = 1 AND on_hand - reserved >= 1
                RETURNING 1
            ), stock_2 AS (
                UPDATE inventory.levels SET reserved = reserved + 1
                WHERE variant_id = (SELECT variant_2 FROM given) AND location_id = 1 AND on_hand - reserved >= 1
                RETURNING 1
            ), stock_3 AS (
                UPDATE inventory.levels SET reserved = reserved + 1
                WHERE variant_id = (SELECT variant_3 FROM given) AND location_id = 1 AND on_hand - reserved >= 1
                RETURNING 1
            )
            SELECT 1 / (CASE WHEN (SELECT count(*) FROM stock_1) + (SELECT count(*) FROM stock_2)
                + (SELECT count(*) FROM stock_3) = 3 THEN 1 ELSE 0 END)
            """;

    static String createFunction() {
        return "CREATE OR REPLACE FUNCTION bench.place("
                + each(parameter -> parameter.name() + " " + parameter.type())
                + ") RETURNS void LANGUAGE plpgsql AS $$\n" + FUNCTION_BODY + "$$";
    }

    /** The function's call. */
    static String call(Form form) {
        return "SELECT bench.place(" + each(parameter -> form.of(parameter) + "::" + parameter.type()) + ")";
    }

    /** The one statement. */
    static String statement(Form form) {
        return "WITH given AS MATERIALIZED (SELECT "
                + each(parameter -> "(" + form.of(parameter) + ")::" + parameter.type() + " AS " + parameter.name())
                + ")" + STATEMENT_BODY;
    }

    /** How a parameter stands in the text. */
    enum Form {
        JDBC {
            @Override
            String of(Parameter parameter) {
                return "?";
            }
        },
        PGBENCH {
            @Override
            String of(Parameter parameter) {
                return "(" + parameter.inPgbench() + ")";
            }
        };

        abstract String of(Parameter parameter);
    }

    private static String each(java.util.function.Function<Parameter, String> text) {
        return PARAMETERS.stream().map(text).collect(Collectors.joining(", "));
    }
}
