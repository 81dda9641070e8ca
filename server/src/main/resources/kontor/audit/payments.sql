-- Payments: what was asked, what was taken, and what it was for.

-- payments_belong_to_one_order
-- No two orders share a payment.
SELECT id AS payment_id, count(*) AS orders, min(order_id) AS first_order, max(order_id) AS last_order
FROM payments.payments
GROUP BY id
HAVING count(*) > 1;

-- operations_have_their_payments
-- Every question to a gateway belongs to a payment that exists.
SELECT order_id, payment_id, id AS operation_id
FROM payments.operations
WHERE NOT EXISTS (
    SELECT FROM payments.payments
    WHERE (payments.order_id, payments.id) = (operations.order_id, operations.payment_id));

-- one_live_payment_for_each_order
-- No order has two payments that may still move money or have moved it.
SELECT order_id, count(*) AS live_payments
FROM payments.payments
WHERE status NOT IN ('failed', 'voided')
GROUP BY order_id
HAVING count(*) > 1;

-- one_question_at_a_time
-- No payment has two operations under way.
SELECT order_id, payment_id, count(*) AS under_way
FROM payments.operations
WHERE state IN ('intent', 'unknown')
GROUP BY order_id, payment_id
HAVING count(*) > 1;

-- payments_stay_within_bounds
-- No payment has given back more than it took, or taken more than it asked.
SELECT order_id, id AS payment_id, amount, captured, refunded
FROM payments.payments
WHERE NOT (0 <= refunded AND refunded <= captured AND captured <= amount);

-- payments_ask_for_the_total
-- Every payment asks for the total of its order, and every operation for no more than its payment.
SELECT payments.order_id, payments.id AS payment_id, payments.amount, orders.total, asked.most AS asked_of_gateway
FROM payments.payments
JOIN orders.orders ON orders.id = payments.order_id
LEFT JOIN (
    SELECT order_id, payment_id, max(amount) AS most FROM payments.operations GROUP BY order_id, payment_id
) AS asked ON asked.order_id = payments.order_id AND asked.payment_id = payments.id
WHERE payments.amount <> orders.total OR asked.most > payments.amount;

-- currencies_agree
-- An order, its payments and their operations are in one currency.
SELECT orders.id AS order_id, orders.currency, payments.id AS payment_id, payments.currency AS currency_of_payment,
       operations.id AS operation_id, operations.currency AS currency_of_operation
FROM orders.orders
JOIN payments.payments ON payments.order_id = orders.id
LEFT JOIN payments.operations ON operations.order_id = payments.order_id AND operations.payment_id = payments.id
WHERE payments.currency <> orders.currency OR operations.currency <> orders.currency;

-- captured_is_what_operations_took
-- What a card payment has captured is what the gateway said it took, operation by operation.
SELECT payments.order_id, payments.id AS payment_id, status, captured, coalesce(taken.sum, 0) AS taken
FROM payments.payments
LEFT JOIN (
    SELECT order_id, payment_id,
           sum(amount) FILTER (WHERE kind = 'authorize') AS at_once,
           sum(amount) FILTER (WHERE kind = 'capture') AS later
    FROM payments.operations
    WHERE state = 'succeeded' AND (kind = 'capture' OR kind = 'authorize' AND captures)
    GROUP BY order_id, payment_id
) AS operation ON operation.order_id = payments.order_id AND operation.payment_id = payments.id
-- A gateway that was told to take the money at once may still only have held it.
CROSS JOIN LATERAL (
    SELECT coalesce(later, 0) + CASE WHEN status = 'captured' THEN coalesce(at_once, 0) ELSE 0 END AS sum
) AS taken
WHERE method = 'card' AND captured <> coalesce(taken.sum, 0);

-- money_is_booked
-- What payments took, less what they gave back, is what the books show for their order: held by the gateway for cards,
-- in the bank for paid invoices, owed by the customer for open ones, less what was credited.
SELECT order_id,
       coalesce(booked.clearing, 0) AS clearing_booked, coalesce(paid.clearing, 0) AS clearing_paid,
       coalesce(booked.bank, 0) AS bank_booked, coalesce(paid.bank, 0) AS bank_paid,
       coalesce(booked.receivables, 0) AS receivables_booked, coalesce(paid.receivables, 0) AS receivables_open
FROM (
    SELECT order_id,
           sum(amount) FILTER (WHERE account = 'gateway_clearing') AS clearing,
           sum(amount) FILTER (WHERE account = 'bank') AS bank,
           sum(amount) FILTER (WHERE account = 'receivables') AS receivables
    FROM ledger.entries JOIN ledger.transactions ON transactions.id = transaction_id
    WHERE account IN ('gateway_clearing', 'bank', 'receivables') AND order_id IS NOT NULL
    GROUP BY order_id
) AS booked
FULL JOIN (
    SELECT order_id,
           sum(captured - refunded) FILTER (WHERE method = 'card') AS clearing,
           sum(captured - refunded) FILTER (WHERE method = 'invoice') AS bank,
           sum(amount - captured) FILTER (WHERE method = 'invoice' AND status = 'open')
               - coalesce(less.credited, 0) AS receivables
    FROM payments.payments
    LEFT JOIN (
        SELECT order_id, sum(total) AS credited FROM orders.credits WHERE given_as = 'receivable' GROUP BY order_id
    ) AS less USING (order_id)
    GROUP BY order_id, less.credited
) AS paid USING (order_id)
WHERE coalesce(booked.clearing, 0) <> coalesce(paid.clearing, 0)
   OR coalesce(booked.bank, 0) <> coalesce(paid.bank, 0)
   OR coalesce(booked.receivables, 0) <> coalesce(paid.receivables, 0);

-- sales_are_booked
-- What the books show as sold, as shipping and as tax is what the order came to; nothing while it is not settled, and
-- nothing once it is cancelled.
SELECT id AS order_id, status, payment_status, coalesce(booked.revenue, 0) AS revenue_booked, sold AS revenue_sold,
       coalesce(booked.shipping, 0) AS shipping_booked, shipped AS shipping_sold,
       coalesce(booked.tax, 0) AS tax_booked, taxed AS tax_sold
FROM (
    SELECT id, status, payment_status,
           CASE WHEN settled THEN subtotal - discount ELSE 0 END AS sold,
           CASE WHEN settled THEN shipping ELSE 0 END AS shipped,
           CASE WHEN settled THEN tax ELSE 0 END AS taxed
    FROM orders.orders,
         LATERAL (SELECT status <> 'pending_payment'
                         AND payment_status IN ('open', 'paid', 'partially_refunded', 'refunded')) AS sale (settled)
) AS orders
LEFT JOIN (
    SELECT order_id,
           -sum(amount) FILTER (WHERE account = 'revenue') AS revenue,
           -sum(amount) FILTER (WHERE account = 'shipping_revenue') AS shipping,
           -sum(amount) FILTER (WHERE account = 'tax_payable') AS tax
    FROM ledger.entries JOIN ledger.transactions ON transactions.id = transaction_id
    WHERE account IN ('revenue', 'shipping_revenue', 'tax_payable')
    GROUP BY order_id
) AS booked ON booked.order_id = orders.id
WHERE coalesce(booked.revenue, 0) <> sold OR coalesce(booked.shipping, 0) <> shipped
   OR coalesce(booked.tax, 0) <> taxed;

-- orders_are_paid_as_they_say
-- Every confirmed order is on invoice, authorized or paid, every pending one has a payment under way, and a cancelled
-- one keeps no money: its payment status is what its payment says.
SELECT orders.id AS order_id, orders.status, payment_status, payments.id AS payment_id, method,
       payments.status AS status_of_payment, amount, captured, refunded
FROM orders.orders
LEFT JOIN payments.payments ON payments.order_id = orders.id AND payments.status NOT IN ('failed', 'voided')
WHERE CASE
    WHEN orders.status = 'pending_payment'
        THEN payment_status <> 'open' OR payments.status IS NULL
             OR payments.status NOT IN ('created', 'requires_action', 'unknown')
    WHEN orders.status = 'cancelled' AND payments.id IS NULL
        THEN payment_status NOT IN ('failed', 'voided')
    WHEN payments.id IS NULL
        THEN true
    WHEN payment_status = 'open'
        THEN orders.status = 'cancelled' OR method <> 'invoice' OR payments.status <> 'open' OR captured <> 0
    WHEN payment_status = 'authorized'
        THEN orders.status = 'cancelled' OR payments.status <> 'authorized' OR captured <> 0
    WHEN payment_status = 'paid'
        -- An order over nothing is paid without anybody having taken anything.
        THEN orders.status = 'cancelled' OR payments.status <> 'captured' OR captured <> amount OR refunded <> 0
    WHEN payment_status = 'partially_refunded'
        THEN orders.status = 'cancelled' OR payments.status <> 'captured' OR refunded = 0 OR refunded = captured
    WHEN payment_status = 'refunded'
        THEN payments.status <> 'captured' OR refunded <> captured
    ELSE true -- failed and voided are the ends of orders that are cancelled
END;

-- open_payments_are_pursued
-- Every payment whose outcome is open has an operation that is under way, or that waits for the buyer.
SELECT payments.order_id, payments.id AS payment_id, status
FROM payments.payments
WHERE status IN ('created', 'unknown', 'requires_action')
  AND NOT EXISTS (
      SELECT FROM payments.operations
      WHERE operations.order_id = payments.order_id AND operations.payment_id = payments.id
        AND (state IN ('intent', 'unknown') OR state = 'waiting' AND status = 'requires_action'));

-- gateways_are_asked_in_time
-- No operation waits for an answer longer than a day, or 5 minutes past the time it was to be asked about again.
SELECT order_id, payment_id, id AS operation_id, kind, state, code, attempts, created_at, next_attempt_at
FROM payments.operations
WHERE state IN ('intent', 'unknown')
  AND (created_at < now() - interval '24 hours'
       -- Nobody could ask while PostgreSQL was not there.
       OR greatest(next_attempt_at, pg_postmaster_start_time()) < now() - interval '5 minutes');

-- gateway_messages_are_acted_on
-- No message of a gateway waits longer than 5 minutes to be acted on.
SELECT gateway, event_id, type, received_at, replayed_at
FROM payments.inbound_events
WHERE state = 'received'
  AND greatest(received_at, replayed_at, pg_postmaster_start_time()) < now() - interval '5 minutes';
