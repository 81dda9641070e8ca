-- Reconciliation: the gateways' own books, and what was made of them here.

-- balance_lines_are_booked
-- Every line of a gateway's books is booked once: its fee, a payout to the bank, and in suspense what our books did not
-- have; the rest was booked with the order.
SELECT lines.id AS line, gateway, line_id, lines.kind, state, lines.currency, lines.amount, fee, suspended, booked.clearing,
       booked.bank, booked.fees, booked.suspense, booked.elsewhere
FROM reconciliation.balance_lines AS lines
FULL JOIN (
    SELECT source_id, currency,
           coalesce(sum(amount) FILTER (WHERE account = 'gateway_clearing'), 0) AS clearing,
           coalesce(sum(amount) FILTER (WHERE account = 'bank'), 0) AS bank,
           coalesce(sum(amount) FILTER (WHERE account = 'gateway_fees'), 0) AS fees,
           coalesce(sum(amount) FILTER (WHERE account = 'suspense'), 0) AS suspense,
           count(*) FILTER (WHERE account NOT IN ('gateway_clearing', 'bank', 'gateway_fees', 'suspense')
                              OR order_id IS NOT NULL) AS elsewhere
    FROM ledger.transactions JOIN ledger.entries ON transaction_id = transactions.id
    WHERE source_type = 'balance_line'
    GROUP BY source_id, currency
) AS booked ON source_id = lines.id AND booked.currency = lines.currency
WHERE lines.id IS NULL
   OR coalesce(bank, 0) <> CASE lines.kind WHEN 'payout' THEN -lines.amount ELSE 0 END
   OR coalesce(fees, 0) <> fee - CASE lines.kind WHEN 'fee' THEN lines.amount ELSE 0 END
   OR coalesce(suspense, 0) <> -suspended
   OR coalesce(clearing, 0) <> suspended - fee + CASE WHEN lines.kind IN ('payout', 'fee') THEN lines.amount ELSE 0 END
   OR elsewhere > 0;

-- matched_lines_are_what_we_booked
-- What the matched lines of a payment moved is what its matched postings moved, kind by kind.
SELECT gateway, order_id, payment_id, kind, currency, sum(listed) AS listed, sum(booked) AS booked
FROM (
    SELECT gateway, order_id, payment_id, kind, currency, amount - suspended AS listed, 0::bigint AS booked
    FROM reconciliation.balance_lines
    WHERE state = 'matched' AND kind NOT IN ('payout', 'fee')
    UNION ALL
    SELECT gateway, lines.order_id, payment_id, lines.kind, entries.currency, 0, entries.amount
    FROM reconciliation.matches
    JOIN reconciliation.balance_lines AS lines ON lines.id = line
    LEFT JOIN ledger.entries ON entries.transaction_id = matches.transaction_id AND account = 'gateway_clearing'
) AS moved
GROUP BY gateway, order_id, payment_id, kind, currency
HAVING sum(listed) <> sum(booked) OR currency IS NULL OR order_id IS NULL;

-- suspended_lines_have_breaks
-- What stands in suspense has, or had, a break that tells why, or is money that was given back on our word.
SELECT id AS line, gateway, line_id, kind, currency, suspended
FROM reconciliation.balance_lines
WHERE suspended <> 0 AND NOT EXISTS (SELECT FROM reconciliation.breaks WHERE breaks.line = balance_lines.id)
  AND NOT (kind = 'refund' AND EXISTS (
      SELECT FROM reconciliation.balance_lines AS charge
      WHERE charge.gateway = balance_lines.gateway AND charge.refund_key = balance_lines.operation_key));

-- breaks_are_in_hand
-- No break is open for a week without a work item.
SELECT id AS break_id, gateway, kind, currency, amount, opened_at
FROM reconciliation.breaks
WHERE resolved_at IS NULL AND opened_at < now() - interval '7 days'
  AND NOT EXISTS (
      SELECT FROM payments.work_items
      WHERE work_items.kind = 'break' AND subject = 'break ' || breaks.id AND work_items.resolved_at IS NULL);
