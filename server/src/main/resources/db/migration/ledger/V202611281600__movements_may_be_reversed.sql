-- What stood in suspense is taken out again when it turns out to be known.
ALTER TABLE ledger.transactions
    DROP CONSTRAINT transactions_kind_check,
    ADD CONSTRAINT transactions_kind_check CHECK (kind IN
        ('invoice', 'payment', 'capture', 'refund', 'credit', 'cancellation', 'late_capture', 'fee', 'payout', 'movement',
         'movement_reversal', 'dispute', 'dispute_reversal', 'dispute_loss', 'write_off'));
