-- Orders: what they come to, how they got where they are, and the rows that belong to them.

-- rows_have_their_orders
-- Every line, step, hold, movement, payment, dispute, refund, refund request, credit, posting and key belongs to an order that exists, if to any.
SELECT source, order_id, count(*) AS rows
FROM (
    SELECT 'orders.lines' AS source, order_id FROM orders.lines
    UNION ALL SELECT 'orders.history', order_id FROM orders.history
    UNION ALL SELECT 'inventory.holds', order_id FROM inventory.holds
    UNION ALL SELECT 'inventory.movements', order_id FROM inventory.movements WHERE order_id IS NOT NULL
    UNION ALL SELECT 'payments.payments', order_id FROM payments.payments
    UNION ALL SELECT 'payments.disputes', order_id FROM payments.disputes
    UNION ALL SELECT 'orders.refunds', order_id FROM orders.refunds
    UNION ALL SELECT 'orders.refund_requests', order_id FROM orders.refund_requests
    UNION ALL SELECT 'orders.credits', order_id FROM orders.credits WHERE order_id IS NOT NULL
    UNION ALL SELECT 'ledger.transactions', order_id FROM ledger.transactions WHERE order_id IS NOT NULL
    UNION ALL SELECT 'idempotency.keys', order_id FROM idempotency.keys WHERE order_id IS NOT NULL
) AS child
WHERE NOT EXISTS (SELECT FROM orders.orders WHERE orders.id = child.order_id)
GROUP BY source, order_id;

-- order_lines_add_up
-- Every line comes to quantity × unit price − discount + tax, and asks for something.
SELECT order_id, line, quantity, unit_price, discount, tax, total
FROM orders.lines
WHERE total <> quantity * unit_price - discount + tax OR quantity <= 0 OR unit_price < 0 OR discount < 0 OR tax < 0;

-- order_totals_add_up
-- Every order has lines, and its total is their sum less discount plus shipping and tax.
SELECT orders.id AS order_id, subtotal, discount, shipping, tax, total, line.sum AS sum_of_lines
FROM orders.orders
LEFT JOIN (SELECT order_id, sum(quantity * unit_price) AS sum FROM orders.lines GROUP BY order_id) AS line
    ON line.order_id = orders.id
WHERE subtotal IS DISTINCT FROM line.sum OR total <> subtotal - discount + shipping + tax;

-- one_order_for_each_key
-- Every order that was placed here was placed with one idempotency key.
SELECT orders.id AS order_id, coalesce(key.count, 0) AS keys
FROM orders.orders
LEFT JOIN (SELECT order_id, count(*) AS count FROM idempotency.keys WHERE route = 'POST /orders' GROUP BY order_id) AS key
    ON key.order_id = orders.id
WHERE (source = 'api' AND key.count IS DISTINCT FROM 1) OR key.count > 1;

-- keys_name_what_they_did
-- Every idempotency key has an answer, or the order by which it is found; one that placed an order names it.
SELECT principal, route, key, status, order_id
FROM idempotency.keys
WHERE order_id IS NULL AND (status IS NULL OR route = 'POST /orders');

-- history_takes_legal_steps
-- Every step in an order's history leaves the status as it is, or is one of the legal transitions.
SELECT order_id, version, from_status, status
FROM orders.history
WHERE CASE WHEN version = 1 THEN from_status IS NOT NULL
           ELSE from_status IS DISTINCT FROM status
                AND NOT EXISTS (
                    SELECT FROM orders.transitions
                    WHERE transitions.from_status = history.from_status AND to_status = status)
      END;

-- history_is_unbroken
-- An order's history is numbered 1, 2, 3 … without a gap, and each step begins where the one before it ended.
SELECT order_id, version, position, from_status, came_from
FROM (
    SELECT order_id, version, from_status,
           row_number() OVER steps AS position,
           lag(status) OVER steps AS came_from
    FROM orders.history
    WINDOW steps AS (PARTITION BY order_id ORDER BY version)
) AS step
WHERE version <> position OR position > 1 AND from_status IS DISTINCT FROM came_from;

-- history_ends_at_the_present
-- The last step of an order's history is where the order stands.
SELECT orders.id AS order_id, orders.version, orders.status, orders.payment_status, orders.fulfilment_status,
       last.version AS last_version, last.status AS last_status, last.payment_status AS last_payment_status,
       last.fulfilment_status AS last_fulfilment_status
FROM orders.orders
LEFT JOIN orders.history AS last ON last.order_id = orders.id AND last.version >= orders.version
WHERE (orders.version, orders.status, orders.payment_status, orders.fulfilment_status)
      IS DISTINCT FROM (last.version, last.status, last.payment_status, last.fulfilment_status);

-- every_step_has_its_event
-- Every step of an order has its event in the outbox under the same number, and there are no others.
SELECT order_id, version, event AS step, type AS outbox_event
FROM orders.history
FULL JOIN events.outbox USING (order_id, version)
WHERE event IS NULL OR type IS NULL;

-- credits_add_up
-- Every credit comes to the sum of its lines, and every line of a credit has its credit.
SELECT coalesce(credits.id, line.credit_id) AS credit_id, credits.total, line.sum AS sum_of_lines
FROM orders.credits
FULL JOIN (SELECT credit_id, sum(total) AS sum FROM orders.credit_lines GROUP BY credit_id) AS line
    ON line.credit_id = credits.id
WHERE credits.total IS DISTINCT FROM line.sum;

-- credits_are_of_what_was_sold
-- No more of an order's line, or of its shipping, is given back than was sold, and what is counted is what credits and
-- refunds say.
SELECT order_id, line, credited.sold, coalesce(lines.quantity, orders.shipping) AS sold_by_order,
       credited.credited, given.sum AS credited_by_credits
FROM orders.credited
FULL JOIN (
    SELECT order_id, line, sum(quantity) AS sum
    FROM (
        SELECT order_id, order_line AS line, CASE WHEN order_line = 0 THEN credit_lines.total ELSE quantity END AS quantity
        FROM orders.credit_lines JOIN orders.credits ON credits.id = credit_id
        WHERE order_id IS NOT NULL
        UNION ALL
        SELECT order_id, line, quantity
        FROM orders.refund_lines JOIN orders.refunds USING (order_id)
        WHERE refunds.id = refund_id AND state <> 'failed'
    ) AS back
    GROUP BY order_id, line
) AS given USING (order_id, line)
LEFT JOIN orders.lines USING (order_id, line)
LEFT JOIN orders.orders ON orders.id = order_id AND line = 0
WHERE coalesce(credited.credited, 0) <> coalesce(given.sum, 0)
   OR credited.sold IS DISTINCT FROM coalesce(lines.quantity, orders.shipping)
   OR credited.credited > credited.sold;

-- credits_are_booked
-- Every credit is booked once, as a sale given back, over its total.
SELECT credits.id AS credit_id, credits.order_id, total, booked.sum AS booked
FROM orders.credits
LEFT JOIN (
    SELECT source_id, sum(amount) AS sum
    FROM ledger.transactions JOIN ledger.entries ON transaction_id = transactions.id
    WHERE source_type = 'import' AND account = 'refunds'
    GROUP BY source_id
) AS booked ON booked.source_id = credits.id
WHERE total IS DISTINCT FROM booked.sum;

-- refunds_are_paid_out
-- Every refund is paid out by operations that sum to it, names no more than it gives back, and has come as far as they have.
SELECT refunds.order_id, refunds.id AS refund_id, refunds.state, refunds.amount, paid.sum AS paid_by_operations,
       line.sum AS sum_of_lines
FROM orders.refunds
LEFT JOIN (
    SELECT order_id, refund_id, sum(amount) AS sum, count(*) AS count,
           count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
           count(*) FILTER (WHERE state = 'failed') AS failed
    FROM payments.operations
    WHERE kind = 'refund'
    GROUP BY order_id, refund_id
) AS paid ON paid.order_id = refunds.order_id AND paid.refund_id = refunds.id
LEFT JOIN (SELECT order_id, refund_id, sum(amount) AS sum FROM orders.refund_lines GROUP BY order_id, refund_id) AS line
    ON line.order_id = refunds.order_id AND line.refund_id = refunds.id
WHERE paid.sum IS DISTINCT FROM refunds.amount OR line.sum > refunds.amount
   OR refunds.state <> CASE WHEN paid.succeeded + paid.failed < paid.count THEN 'pending'
                            WHEN paid.failed = 0 THEN 'succeeded'
                            WHEN paid.succeeded = 0 THEN 'failed'
                            ELSE 'partially_succeeded' END;

-- holdings_are_what_unpaid_orders_hold
-- What is counted against a customer is what their orders say that wait for a payment, or are on an invoice that is open or
-- paid in part.
SELECT customer_id, holdings.unpaid_orders, held_units, said.orders, said.units
FROM orders.holdings
FULL JOIN (
    SELECT customer_id, count(*) AS orders, coalesce(sum(units), 0) AS units
    FROM orders.orders
    CROSS JOIN LATERAL (
        SELECT sum(quantity) AS units FROM orders.lines WHERE order_id = orders.id AND variant_id IS NOT NULL) AS named
    WHERE customer_id IS NOT NULL
      AND (status = 'pending_payment'
           OR (status = 'confirmed'
               AND (payment_status = 'open'
                    OR (payment_status = 'partially_paid' AND EXISTS (
                        SELECT FROM payments.payments WHERE payments.order_id = orders.id AND method = 'invoice')))))
    GROUP BY customer_id
) AS said USING (customer_id)
WHERE coalesce(holdings.unpaid_orders, 0) <> coalesce(said.orders, 0) OR coalesce(held_units, 0) <> coalesce(said.units, 0);

-- refund_requests_are_carried_out
-- Every refund request that was approved has its refund, over what was asked for, and nobody decided about their own.
SELECT refund_requests.id AS refund_request_id, refund_requests.order_id, refund_requests.state, refund_id,
       refund_requests.amount, refunds.amount AS given_back, requester_id, decider_id
FROM orders.refund_requests
LEFT JOIN orders.refunds ON refunds.order_id = refund_requests.order_id AND refunds.id = refund_id
WHERE (refund_requests.state = 'approved'
       AND (refund_requests.amount, refund_requests.currency) IS DISTINCT FROM (refunds.amount, refunds.currency))
   OR (refund_requests.state IN ('approved', 'declined') AND requester_id = decider_id);

-- imports_account_for_every_line
-- Of every line of a finished import it is known what became of it, and its report adds them all up.
SELECT imports.id AS import_id, line.count AS lines, line.decided, total.lines AS reported,
       line.amount AS amount, total.amount AS amount_reported
FROM orders.imports
LEFT JOIN (
    SELECT import_id, count(*) AS count, count(outcome) AS decided, sum(amount) AS amount
    FROM orders.import_lines GROUP BY import_id
) AS line ON line.import_id = imports.id
LEFT JOIN (
    SELECT import_id, sum(lines) AS lines, sum(amount) AS amount FROM orders.import_totals GROUP BY import_id
) AS total ON total.import_id = imports.id
WHERE state = 'completed'
  AND (line.count IS DISTINCT FROM line.decided OR line.count IS DISTINCT FROM total.lines
       OR coalesce(line.amount, 0) <> coalesce(total.amount, 0));
