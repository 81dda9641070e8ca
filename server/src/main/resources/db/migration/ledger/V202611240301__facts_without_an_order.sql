-- Some facts belong to no order: a credit for a customer whose order was never taken here, a gateway's payout.
ALTER TABLE ledger.transactions ALTER COLUMN order_id DROP NOT NULL;
ALTER TABLE ledger.transactions
    DROP CONSTRAINT transactions_order_id_source_type_source_id_kind_key,
    ADD CONSTRAINT transactions_order_id_source_type_source_id_kind_key
        UNIQUE NULLS NOT DISTINCT (order_id, source_type, source_id, kind);
