ALTER TABLE payments.disputes ADD COLUMN movements smallint NOT NULL DEFAULT 0 CHECK (movements BETWEEN 0 AND 3);
COMMENT ON COLUMN payments.disputes.movements IS
    'how often the amount has moved: 1 taken from our balance, 2 given back, 3 taken again';
UPDATE payments.disputes SET movements = CASE
    WHEN withdrawn THEN 1
    WHEN EXISTS (SELECT FROM ledger.transactions
                 WHERE transactions.order_id = disputes.order_id AND source_type = 'dispute' AND source_id = disputes.id
                   AND kind = 'dispute_reversal') THEN 2
    ELSE 0 END;
ALTER TABLE payments.disputes ADD CONSTRAINT disputes_withdrawn CHECK (withdrawn = (movements % 2 = 1));
GRANT UPDATE (movements) ON payments.disputes TO kontor_app;
