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
-- No order has two card payments under way, or two invoices.
SELECT order_id, method, count(*) AS live_payments
FROM payments.payments
WHERE method = 'invoice' OR status IN ('created', 'requires_action', 'authorized', 'unknown')
GROUP BY order_id, method
HAVING count(*) > 1;

-- orders_take_no_more_than_they_come_to
-- What the payments of an order have taken, together, is no more than the order comes to; late money is on its way back.
SELECT order_id, total, captured
FROM (SELECT order_id, sum(captured) AS captured FROM payments.payments WHERE NOT late GROUP BY order_id) AS taken
JOIN orders.orders ON orders.id = order_id
WHERE captured > total;

-- payments_have_their_own_references
-- No two payments share a gateway's name, and no two refunds: what a gateway did once is counted once.
SELECT gateway, 'payment' AS what, gateway_reference AS reference, count(*) AS times, min(order_id) AS first_order
FROM payments.payments
WHERE gateway_reference IS NOT NULL
GROUP BY gateway, gateway_reference
HAVING count(*) > 1
UNION ALL
SELECT gateway, 'refund', own_reference, count(*), min(order_id)
FROM payments.operations
WHERE kind = 'refund' AND own_reference IS NOT NULL AND state = 'succeeded'
GROUP BY gateway, own_reference
HAVING count(*) > 1;

-- one_question_at_a_time
-- No payment has two operations under way.
SELECT order_id, payment_id, count(*) AS under_way
FROM payments.operations
WHERE state IN ('intent', 'unknown')
GROUP BY order_id, payment_id
HAVING count(*) > 1;

-- payments_stay_within_bounds
-- No payment has given back more than it took, or taken more than it asked, also when what is under way counts.
SELECT order_id, id AS payment_id, amount, captured, capturing, replaced, refunded, refunding
FROM payments.payments
WHERE NOT (0 <= refunded AND 0 <= refunding AND refunded + refunding <= captured
           AND 0 <= capturing AND 0 <= replaced AND captured + capturing + replaced <= amount);

-- what_is_under_way_is_set_aside
-- What payments count as under way is what their open operations may move; on an invoice, what payments beside it may.
SELECT payments.order_id, payments.id AS payment_id, method, payments.capturing, payments.refunding,
       asked.capturing AS captures_open,
       asked.refunding AS refunds_open, beside.amount AS payments_open
FROM payments.payments
LEFT JOIN (
    SELECT order_id, payment_id,
           sum(amount) FILTER (WHERE kind = 'capture') AS capturing,
           sum(amount) FILTER (WHERE kind = 'refund') AS refunding
    FROM payments.operations
    WHERE state IN ('intent', 'unknown')
    GROUP BY order_id, payment_id
) AS asked ON asked.order_id = payments.order_id AND asked.payment_id = payments.id
LEFT JOIN (
    SELECT order_id, sum(amount) AS amount FROM payments.payments
    WHERE method = 'card' AND status IN ('created', 'requires_action', 'unknown')
    GROUP BY order_id
) AS beside ON beside.order_id = payments.order_id AND method = 'invoice'
WHERE payments.capturing <> coalesce(asked.capturing, 0) + coalesce(beside.amount, 0)
   OR payments.refunding <> coalesce(asked.refunding, 0);

-- invoices_count_what_took_their_place
-- What an invoice counts as taken in its place is what other payments of its order took, and what was credited on it.
SELECT invoice.order_id, invoice.id AS payment_id, invoice.replaced, coalesce(beside.captured, 0) AS captured_beside,
       coalesce(less.credited, 0) AS credited
FROM payments.payments AS invoice
LEFT JOIN (
    SELECT order_id, sum(captured) AS captured FROM payments.payments
    WHERE method = 'card' AND NOT late
    GROUP BY order_id
) AS beside ON beside.order_id = invoice.order_id
LEFT JOIN (
    SELECT order_id, sum(total) AS credited FROM orders.credits WHERE given_as = 'receivable' GROUP BY order_id
) AS less ON less.order_id = invoice.order_id
WHERE method = 'invoice' AND replaced <> coalesce(beside.captured, 0) + coalesce(less.credited, 0)
  AND invoice.captured + capturing + replaced <= amount;

-- payments_ask_for_the_total
-- The first payment of every order asks for its total, those beside an invoice for no more than it, and every operation
-- for no more than its payment.
SELECT payments.order_id, payments.id AS payment_id, payments.amount, orders.total, asked.most AS asked_of_gateway
FROM payments.payments
JOIN orders.orders ON orders.id = payments.order_id
LEFT JOIN (
    SELECT order_id, payment_id, max(amount) AS most FROM payments.operations GROUP BY order_id, payment_id
) AS asked ON asked.order_id = payments.order_id AND asked.payment_id = payments.id
LEFT JOIN payments.payments AS invoice ON invoice.order_id = payments.order_id AND invoice.method = 'invoice'
WHERE payments.amount > orders.total OR asked.most > payments.amount
   OR payments.amount <> orders.total AND (invoice.id IS NULL OR payments.method = 'invoice');

-- currencies_agree
-- An order, its payments and their operations are in one currency.
SELECT orders.id AS order_id, orders.currency, payments.id AS payment_id, payments.currency AS currency_of_payment,
       operations.id AS operation_id, operations.currency AS currency_of_operation
FROM orders.orders
JOIN payments.payments ON payments.order_id = orders.id
LEFT JOIN payments.operations ON operations.order_id = payments.order_id AND operations.payment_id = payments.id
WHERE payments.currency <> orders.currency OR operations.currency <> orders.currency;

-- captured_is_what_operations_took
-- What a payment has captured and given back is what its operations did, one by one; what credits of an import say went
-- back through the bank is counted with it.
SELECT payments.order_id, payments.id AS payment_id, status, captured, refunded, taken.sum AS taken, back.sum AS given_back
FROM payments.payments
LEFT JOIN (
    SELECT order_id, payment_id,
           sum(amount) FILTER (WHERE kind = 'authorize' AND captures) AS at_once,
           sum(amount) FILTER (WHERE kind = 'capture') AS later,
           sum(amount) FILTER (WHERE kind = 'refund') AS refunds
    FROM payments.operations
    WHERE state = 'succeeded'
    GROUP BY order_id, payment_id
) AS operation ON operation.order_id = payments.order_id AND operation.payment_id = payments.id
LEFT JOIN (
    SELECT order_id, sum(total) AS sum FROM orders.credits
    WHERE given_as = 'bank' AND order_id IS NOT NULL
    GROUP BY order_id
) AS credited ON credited.order_id = payments.order_id AND method = 'invoice'
-- A gateway that was told to take the money at once may still only have held it.
CROSS JOIN LATERAL (
    SELECT coalesce(later, 0) + CASE WHEN status = 'captured' THEN coalesce(at_once, 0) ELSE 0 END AS sum
) AS taken
CROSS JOIN LATERAL (SELECT coalesce(refunds, 0) + coalesce(credited.sum, 0) AS sum) AS back
WHERE method = 'card' AND captured <> taken.sum
   -- Of an order that came paid with an import, the bank has the payment.
   OR method = 'invoice' AND operation.later IS NOT NULL AND captured <> taken.sum
   OR refunded <> back.sum;

-- operations_are_booked
-- Every capture and refund that was carried out is booked once, over its amount; what was not carried out is not booked, or,
-- when a refund came back, booked and taken back.
SELECT operations.order_id, operations.id AS operation_id, operations.kind, state, amount, booked.count AS postings,
       booked.sum AS amount_booked
FROM payments.operations
LEFT JOIN (
    SELECT order_id, source_id, count(DISTINCT transactions.id) AS count,
           sum(amount) FILTER (WHERE account IN ('bank', 'gateway_clearing')) AS sum
    FROM ledger.transactions JOIN ledger.entries ON transaction_id = transactions.id
    WHERE source_type = 'operation'
    GROUP BY order_id, source_id
) AS booked ON booked.order_id = operations.order_id AND booked.source_id = operations.id
WHERE operations.kind IN ('capture', 'refund')
  AND CASE WHEN state = 'succeeded'
           THEN booked.count IS DISTINCT FROM 1
                OR booked.sum IS DISTINCT FROM CASE operations.kind WHEN 'capture' THEN amount ELSE -amount END
           ELSE booked.count > 0
                AND NOT (operations.kind = 'refund' AND state = 'failed' AND booked.count = 2 AND booked.sum = 0) END;

-- money_is_booked
-- What payments took, less what they gave back and what is disputed, is what the books show for their order: held by the
-- gateway for cards, less what was paid back from the bank, in the bank for transfers, owed by the customer for open invoices.
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
           sum(captured - refunded - disputed + coalesce(transferred, 0)) FILTER (WHERE method = 'card') AS clearing,
           sum(CASE method WHEN 'invoice' THEN captured - refunded ELSE -coalesce(transferred, 0) END) AS bank,
           sum(amount - captured - replaced) FILTER (WHERE method = 'invoice' AND status = 'open') AS receivables
    FROM payments.payments
    LEFT JOIN (
        SELECT order_id, payment_id AS id, sum(amount) AS transferred
        FROM payments.operations
        WHERE kind = 'refund' AND gateway = 'transfer' AND state = 'succeeded'
        GROUP BY order_id, payment_id
    ) AS past USING (order_id, id)
    GROUP BY order_id
) AS paid USING (order_id)
WHERE coalesce(booked.clearing, 0) <> coalesce(paid.clearing, 0)
   OR coalesce(booked.bank, 0) <> coalesce(paid.bank, 0)
   OR coalesce(booked.receivables, 0) <> coalesce(paid.receivables, 0);

-- sales_are_booked
-- What the books show as sold, as shipping and as tax is what the order came to: all of it on invoice, as far as it was
-- captured by card; of a cancelled order what it was paid before.
SELECT id AS order_id, status, payment_status, coalesce(booked.revenue, 0) AS revenue_booked, sold AS revenue_sold,
       coalesce(booked.shipping, 0) AS shipping_booked, shipped AS shipping_sold,
       coalesce(booked.tax, 0) AS tax_booked, taxed AS tax_sold
FROM (
    SELECT id, orders.status, payment_status, sale.amount, total,
           CASE WHEN sale.amount = total THEN subtotal - discount ELSE 0 END AS sold,
           CASE WHEN sale.amount = total THEN shipping ELSE 0 END AS shipped,
           CASE WHEN sale.amount = total THEN tax ELSE 0 END AS taxed
    FROM orders.orders
    LEFT JOIN (
        SELECT order_id, bool_or(method = 'invoice') AS invoiced,
               coalesce(sum(captured) FILTER (WHERE NOT late), 0) AS captured
        FROM payments.payments
        GROUP BY order_id
    ) AS paid ON paid.order_id = orders.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN invoiced AND orders.status <> 'cancelled' THEN total ELSE coalesce(captured, 0) END AS amount
    ) AS sale
) AS orders
LEFT JOIN (
    SELECT order_id,
           -sum(amount) FILTER (WHERE account = 'revenue') AS revenue,
           -sum(amount) FILTER (WHERE account = 'shipping_revenue') AS shipping,
           -sum(amount) FILTER (WHERE account = 'tax_payable') AS tax
    FROM ledger.entries JOIN ledger.transactions ON transactions.id = transaction_id
    WHERE account IN ('revenue', 'shipping_revenue', 'tax_payable') AND kind NOT IN ('refund', 'refund_reversal', 'credit')
    GROUP BY order_id
) AS booked ON booked.order_id = orders.id
WHERE CASE WHEN amount = total
           THEN coalesce(booked.revenue, 0) <> sold OR coalesce(booked.shipping, 0) <> shipped
                OR coalesce(booked.tax, 0) <> taxed
           ELSE coalesce(booked.revenue, 0) + coalesce(booked.shipping, 0) + coalesce(booked.tax, 0) <> amount
      END;

-- orders_are_paid_as_they_say
-- An order is paid as far as its payments say; a pending one has a payment under way, a cancelled one keeps no money, unless a
-- refund came back and staff were told, and a confirmed one has a payment that stands, or somebody is told.
SELECT orders.id AS order_id, orders.status, payment_status, paid.*
FROM orders.orders
LEFT JOIN (
    SELECT order_id,
           coalesce(sum(captured) FILTER (WHERE NOT late), 0) AS captured,
           coalesce(sum(refunded) FILTER (WHERE NOT late), 0) AS refunded,
           count(*) FILTER (WHERE status IN ('created', 'requires_action', 'unknown')) AS under_way,
           coalesce(bool_or(status = 'authorized' AND NOT late), false) AS held,
           coalesce(bool_or(method = 'invoice' AND status = 'open'), false) AS due,
           coalesce(bool_or(status = 'captured' AND amount = 0), false) AS free
    FROM payments.payments
    GROUP BY order_id
) AS paid ON paid.order_id = orders.id
WHERE CASE
    WHEN orders.status = 'pending_payment'
        THEN payment_status <> 'open' OR under_way IS DISTINCT FROM 1
    WHEN orders.status = 'cancelled'
        THEN held OR due OR under_way > 0
             OR CASE
                 WHEN captured = refunded
                     THEN payment_status <> CASE WHEN captured > 0 THEN 'refunded' ELSE payment_status END
                          OR payment_status NOT IN ('failed', 'voided', 'refunded')
                 ELSE payment_status <> CASE WHEN refunded > 0 THEN 'partially_refunded' ELSE 'paid' END
                      OR NOT EXISTS (
                          SELECT FROM payments.work_items
                          WHERE work_items.order_id = orders.id AND kind = 'refund_failed')
             END
    WHEN captured IS NULL
        THEN true
    WHEN captured > refunded
        THEN payment_status <> CASE WHEN refunded > 0 THEN 'partially_refunded' WHEN held OR due THEN 'partially_paid'
                                    ELSE 'paid' END
    WHEN held THEN payment_status <> 'authorized'
    WHEN due THEN payment_status <> 'open'
    WHEN captured > 0 THEN payment_status <> 'refunded'
    WHEN free THEN payment_status <> 'paid'
    ELSE payment_status NOT IN ('failed', 'voided')
         OR NOT EXISTS (
             SELECT FROM payments.work_items
             WHERE work_items.order_id = orders.id AND kind = 'authorization_gone')
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
-- No operation waits for an answer longer than a day without staff being told, or 5 minutes past the time it was to be asked
-- about again.
SELECT order_id, payment_id, id AS operation_id, kind, state, code, attempts, created_at, next_attempt_at
FROM payments.operations
WHERE state IN ('intent', 'unknown')
  AND (created_at < now() - interval '24 hours'
           AND NOT EXISTS (
               SELECT FROM payments.work_items
               WHERE work_items.operation_id = operations.id AND kind = 'unknown_operation' AND resolved_at IS NULL)
       -- Nobody could ask while PostgreSQL was not there.
       OR greatest(next_attempt_at, pg_postmaster_start_time()) < now() - interval '5 minutes');

-- late_money_goes_back
-- What was taken after its payment had ended is given back, is being given back, is disputed, or staff are told why not.
SELECT order_id, id AS payment_id, status, captured, refunded, refunding
FROM payments.payments
WHERE late
  AND CASE status WHEN 'captured' THEN captured <> refunded + refunding + disputed
                  WHEN 'authorized' THEN NOT EXISTS (
                      SELECT FROM payments.operations
                      WHERE operations.order_id = payments.order_id AND payment_id = payments.id AND kind = 'void'
                        AND state IN ('intent', 'unknown'))
                  ELSE false END
  AND NOT EXISTS (
      SELECT FROM payments.work_items
      WHERE work_items.payment_id = payments.id AND kind IN ('refund_failed', 'late_payment') AND resolved_at IS NULL);

-- disputes_are_booked
-- What disputes have taken from a payment is what the payment counts as disputed, and is booked as such.
SELECT order_id, payment_id, counted, taken, lost, booked_open, booked_lost
FROM (
    SELECT order_id, id AS payment_id, disputed AS counted FROM payments.payments WHERE disputed > 0
) AS payment
FULL JOIN (
    SELECT order_id, payment_id,
           sum(amount) FILTER (WHERE withdrawn) AS taken,
           sum(amount) FILTER (WHERE status = 'lost') AS lost
    FROM payments.disputes
    GROUP BY order_id, payment_id
) AS dispute USING (order_id, payment_id)
FULL JOIN (
    SELECT disputes.order_id, disputes.payment_id,
           sum(entries.amount) FILTER (WHERE account = 'disputed') AS booked_open,
           sum(entries.amount) FILTER (WHERE account = 'dispute_losses') AS booked_lost
    FROM ledger.transactions
    JOIN ledger.entries ON transaction_id = transactions.id
    LEFT JOIN payments.disputes ON disputes.id = source_id
    WHERE source_type = 'dispute'
    GROUP BY disputes.order_id, disputes.payment_id
) AS booked USING (order_id, payment_id)
WHERE coalesce(counted, 0) <> coalesce(taken, 0)
   OR coalesce(booked_open, 0) <> coalesce(taken, 0) - coalesce(lost, 0)
   OR coalesce(booked_lost, 0) <> coalesce(lost, 0);

-- movements_of_disputes_are_booked
-- Where the books agree on who has the amount of a dispute, they also say how it came there: taken, given back, taken again.
SELECT disputes.id AS dispute_id, disputes.order_id, withdrawn, movements, booked.taken, booked.given_back, booked.taken_again
FROM payments.disputes
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'dispute') AS taken,
           count(*) FILTER (WHERE kind = 'dispute_reversal') AS given_back,
           count(*) FILTER (WHERE kind = 'dispute_again') AS taken_again
    FROM ledger.transactions
    WHERE transactions.order_id = disputes.order_id AND source_type = 'dispute' AND source_id = disputes.id
) AS booked
WHERE taken - given_back + taken_again = movements % 2
  AND (taken, given_back, taken_again)
      IS DISTINCT FROM ((movements >= 1)::int::bigint, (movements >= 2)::int::bigint, (movements >= 3)::int::bigint);

-- gateway_messages_are_acted_on
-- No message of a gateway waits longer than 5 minutes to be acted on, unless the gateway is being asked about its payment.
SELECT gateway, event_id, type, received_at, replayed_at
FROM payments.inbound_events
WHERE state = 'received'
  AND greatest(received_at, replayed_at, pg_postmaster_start_time()) < now() - interval '5 minutes'
  AND NOT EXISTS (
      SELECT FROM payments.operations
      WHERE operations.order_id = inbound_events.order_id AND operations.payment_id = inbound_events.payment_id
        AND operations.state IN ('intent', 'unknown'));
