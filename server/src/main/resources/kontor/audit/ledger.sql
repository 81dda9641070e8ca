-- The books.

-- ledger_transactions_balance
-- Every ledger transaction sums to zero in each currency.
SELECT transaction_id, currency, sum(amount) AS off_by
FROM ledger.entries
GROUP BY transaction_id, currency
HAVING sum(amount) <> 0;

-- ledger_transactions_have_two_sides
-- Every ledger transaction has at least two entries, none of them is zero, and every entry has its transaction.
SELECT transaction_id, entry.count AS entries, entry.zeros, transaction.id IS NOT NULL AS transaction_exists
FROM (
    SELECT transaction_id, count(*) AS count, count(*) FILTER (WHERE amount = 0) AS zeros
    FROM ledger.entries
    GROUP BY transaction_id
) AS entry
FULL JOIN (SELECT id, id AS transaction_id FROM ledger.transactions) AS transaction USING (transaction_id)
WHERE transaction.id IS NULL OR entry.count IS NULL OR entry.count < 2 OR entry.zeros > 0;

-- ledger_accounts_exist
-- Every ledger entry names an account that exists.
SELECT account, count(*) AS entries
FROM ledger.entries
WHERE account NOT IN (SELECT code FROM ledger.accounts)
GROUP BY account;

-- ledger_posts_each_fact_once
-- Every business fact is posted once.
SELECT source_type, source_id, kind, count(*) AS postings
FROM ledger.transactions
GROUP BY source_type, source_id, kind
HAVING count(*) > 1;

-- ledger_keeps_to_the_orders_currency
-- Everything booked for an order is in the order's currency.
SELECT orders.id AS order_id, transaction_id, line, entries.currency, orders.currency AS currency_of_order
FROM ledger.entries
JOIN ledger.transactions ON transactions.id = transaction_id
JOIN orders.orders ON orders.id = order_id
WHERE entries.currency <> orders.currency;

-- ledger_books_what_happened
-- Every posting is about its own order, about an operation of that order that succeeded, or was a refund that came back, or
-- about a credit or a dispute of it.
SELECT transactions.id AS transaction_id, transactions.order_id, source_type, source_id, transactions.kind,
       operations.kind AS operation, operations.state
FROM ledger.transactions
LEFT JOIN payments.operations
    ON source_type = 'operation' AND operations.id = source_id AND operations.order_id = transactions.order_id
LEFT JOIN orders.credits
    ON source_type = 'import' AND credits.id = source_id AND credits.order_id IS NOT DISTINCT FROM transactions.order_id
LEFT JOIN payments.disputes
    ON source_type = 'dispute' AND disputes.id = source_id AND disputes.order_id = transactions.order_id
WHERE source_type = 'order' AND source_id IS DISTINCT FROM transactions.order_id
   OR source_type = 'import' AND credits.id IS NULL
   OR source_type = 'dispute' AND disputes.id IS NULL
   OR source_type = 'operation'
      AND (operations.state, transactions.kind, operations.kind) IS DISTINCT FROM ('succeeded', 'capture', 'capture')
      AND (operations.state, transactions.kind, operations.kind, operations.gateway)
          IS DISTINCT FROM ('succeeded', 'payment', 'capture', 'transfer')
      AND (operations.state, transactions.kind, operations.kind) IS DISTINCT FROM ('succeeded', 'late_capture', 'capture')
      AND (operations.state, transactions.kind, operations.kind, operations.captures)
          IS DISTINCT FROM ('succeeded', 'capture', 'authorize', true)
      AND (operations.state, transactions.kind, operations.kind) IS DISTINCT FROM ('succeeded', 'refund', 'refund')
      AND NOT (operations.state = 'failed' AND operations.kind = 'refund'
               AND transactions.kind IN ('refund', 'refund_reversal'));

-- adjustments_are_booked
-- Everything that staff posted by hand has its note and is of a kind that they may post, and every note its posting.
SELECT adjustments.id AS adjustment_id, transactions.id AS transaction_id, order_id, kind
FROM ledger.adjustments
FULL JOIN (SELECT * FROM ledger.transactions WHERE source_type = 'adjustment') AS transactions
    ON source_id = adjustments.id
WHERE adjustments.id IS NULL OR transactions.id IS NULL OR order_id IS NOT NULL OR kind NOT IN ('write_off', 'movement');

-- ledger_balances_are_sums
-- What the balances hold is what the entries of sealed transactions sum to.
SELECT account, currency, balances.debits, balances.credits, sums.debits AS sum_of_debits, sums.credits AS sum_of_credits
FROM ledger.balances
FULL JOIN (
    SELECT account, currency,
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits,
           coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS credits
    FROM ledger.sealed JOIN ledger.entries USING (transaction_id)
    GROUP BY account, currency
) AS sums USING (account, currency)
WHERE (balances.debits, balances.credits) IS DISTINCT FROM (sums.debits, sums.credits);

-- ledger_is_as_it_was_sealed
-- Every sealed transaction is there as it was sealed, and none was put in where the seals have passed.
SELECT transaction_id, seq AS seal,
       CASE WHEN present.transaction_id IS NULL THEN 'removed'
            WHEN sealed.transaction_id IS NULL THEN 'put in behind the seals'
            ELSE 'changed' END AS what
FROM ledger.sealed
FULL JOIN ledger.digests AS present USING (transaction_id)
WHERE sealed.digest IS DISTINCT FROM present.digest
  AND (sealed.transaction_id IS NOT NULL
       OR (xact, transaction_id) <= (SELECT until_xact, until_id FROM ledger.seals ORDER BY seq DESC LIMIT 1));

-- ledger_seals_are_a_chain
-- Seals are numbered from 1 without gaps, each carries the hash of the one before it, and its own fits what it covers.
SELECT seq AS seal, transactions, covered.count AS covers, previous_hash IS DISTINCT FROM link AS torn
FROM (
    SELECT seals AS seal, seq, transactions, previous_hash, hash, row_number() OVER (ORDER BY seq) AS place,
           lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY seq) AS link
    FROM ledger.seals
) AS chain
FULL JOIN (
    SELECT seq, count(*) AS count, string_agg(digest, '' ORDER BY transaction_id) AS digests
    FROM ledger.sealed
    GROUP BY seq
) AS covered USING (seq)
WHERE chain.seal IS NULL OR seq <> place OR previous_hash <> link OR transactions <> coalesce(covered.count, 0)
   OR hash <> ledger.seal_hash(seal, coalesce(digests, ''));
