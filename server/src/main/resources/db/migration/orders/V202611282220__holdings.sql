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
    'orders that wait for their payment, or are confirmed on an invoice that is open or paid in part';
COMMENT ON COLUMN orders.holdings.held_units IS 'how many units of articles these orders name';
GRANT SELECT, INSERT, UPDATE (unpaid_orders, held_units) ON orders.holdings TO kontor_app;

-- What servers write that do not count yet either stands before the count or waits for its end.
LOCK TABLE orders.orders IN SHARE MODE;
INSERT INTO orders.holdings (customer_id, unpaid_orders, held_units)
SELECT customer_id, count(*), coalesce(sum(units), 0)
FROM orders.orders
CROSS JOIN LATERAL (
    SELECT sum(quantity) AS units FROM orders.lines WHERE order_id = orders.id AND variant_id IS NOT NULL) AS named
WHERE customer_id IS NOT NULL
  AND (status = 'pending_payment'
       OR (status = 'confirmed'
           AND (payment_status = 'open'
                OR (payment_status = 'partially_paid' AND EXISTS (
                    SELECT FROM payments.payments WHERE payments.order_id = orders.id AND method = 'invoice')))))
GROUP BY customer_id;
