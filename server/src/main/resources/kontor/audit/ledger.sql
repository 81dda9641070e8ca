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
-- Every posting is about its own order, about an operation of that order that succeeded, or about a credit of it.
SELECT transactions.id AS transaction_id, transactions.order_id, source_type, source_id, transactions.kind,
       operations.kind AS operation, operations.state
FROM ledger.transactions
LEFT JOIN payments.operations
    ON source_type = 'operation' AND operations.id = source_id AND operations.order_id = transactions.order_id
LEFT JOIN orders.credits
    ON source_type = 'import' AND credits.id = source_id AND credits.order_id IS NOT DISTINCT FROM transactions.order_id
WHERE source_type = 'order' AND source_id IS DISTINCT FROM transactions.order_id
   OR source_type = 'import' AND credits.id IS NULL
   OR source_type = 'operation'
      AND (operations.state, transactions.kind, operations.kind) IS DISTINCT FROM ('succeeded', 'capture', 'capture')
      AND (operations.state, transactions.kind, operations.kind, operations.captures)
          IS DISTINCT FROM ('succeeded', 'capture', 'authorize', true)
      AND (operations.state, transactions.kind, operations.kind) IS DISTINCT FROM ('succeeded', 'refund', 'refund');
