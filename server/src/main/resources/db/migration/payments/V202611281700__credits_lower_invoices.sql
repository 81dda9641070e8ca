-- What an import credited on open invoices is not due any more; until now only the books said so.
UPDATE payments.payments SET replaced = replaced + credited.total
FROM (
    SELECT order_id, sum(total)::bigint AS total FROM orders.credits
    WHERE given_as = 'receivable' AND order_id IS NOT NULL
    GROUP BY order_id
) AS credited
WHERE payments.order_id = credited.order_id AND method = 'invoice' AND status = 'open';
COMMENT ON COLUMN payments.payments.replaced IS
    'of an invoice: minor units that other payments of the order took in its place, or that were credited on it';
