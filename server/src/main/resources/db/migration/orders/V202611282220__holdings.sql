-- No check keeps the counts from falling below zero: it would be asked about what is to be added, too, which may well be
-- less than nothing, before it has met the row.
CREATE TABLE orders.holdings (
    customer_id   bigint PRIMARY KEY,
    unpaid_orders bigint NOT NULL,
    held_units    bigint NOT NULL
) WITH (fillfactor = 50); -- room for the next version of a row beside it: no index names what changes
COMMENT ON TABLE orders.holdings IS
    'What each customer holds without having paid, counted with every order: what one account may hold is capped here.';
COMMENT ON COLUMN orders.holdings.unpaid_orders IS
    'orders that wait for their payment, or are confirmed and not paid in full';
COMMENT ON COLUMN orders.holdings.held_units IS 'how many units of articles these orders name';
GRANT SELECT, INSERT, UPDATE (unpaid_orders, held_units) ON orders.holdings TO kontor_app;

INSERT INTO orders.holdings (customer_id, unpaid_orders, held_units)
SELECT customer_id, count(*), coalesce(sum(units), 0)
FROM orders.orders
CROSS JOIN LATERAL (
    SELECT sum(quantity) AS units FROM orders.lines WHERE order_id = orders.id AND variant_id IS NOT NULL) AS named
WHERE customer_id IS NOT NULL
  AND (status = 'pending_payment' OR (status = 'confirmed' AND payment_status IN ('open', 'partially_paid')))
GROUP BY customer_id;
