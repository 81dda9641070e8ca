-- A bank may take the money again after a dispute was given back, and return what was paid back: each is booked once.
ALTER TABLE ledger.transactions
    DROP CONSTRAINT transactions_kind_check,
    ADD CONSTRAINT transactions_kind_check CHECK (kind IN
        ('invoice', 'payment', 'capture', 'refund', 'refund_reversal', 'credit', 'cancellation', 'late_capture', 'fee',
         'payout', 'movement', 'movement_reversal', 'dispute', 'dispute_reversal', 'dispute_again', 'dispute_loss',
         'write_off'));
