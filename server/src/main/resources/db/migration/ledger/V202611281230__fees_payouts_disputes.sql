INSERT INTO ledger.accounts (code, name, kind) VALUES
    ('disputed', 'Money that buyers dispute', 'asset'),
    ('dispute_losses', 'Disputes lost', 'expense'),
    ('write_offs', 'Written off', 'expense'),
    ('suspense', 'Movements that nobody has explained yet', 'asset');

ALTER TABLE ledger.transactions
    DROP CONSTRAINT transactions_source_type_check,
    ADD CONSTRAINT transactions_source_type_check CHECK (source_type IN
        ('order', 'operation', 'import', 'dispute', 'balance_line', 'adjustment')),
    DROP CONSTRAINT transactions_kind_check,
    ADD CONSTRAINT transactions_kind_check CHECK (kind IN
        ('invoice', 'payment', 'capture', 'refund', 'credit', 'cancellation', 'late_capture', 'fee', 'payout', 'movement',
         'dispute', 'dispute_reversal', 'dispute_loss', 'write_off'));
COMMENT ON COLUMN ledger.transactions.source_type IS
    'what kind of row the fact is about; a balance_line is one of a gateway''s own books';
