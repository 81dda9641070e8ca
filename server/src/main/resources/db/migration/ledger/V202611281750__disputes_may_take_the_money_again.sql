-- A bank may take the money again after it was given back: each of the three movements of a dispute is booked once.
ALTER TABLE ledger.transactions
    DROP CONSTRAINT transactions_kind_check,
    ADD CONSTRAINT transactions_kind_check CHECK (kind IN
        ('invoice', 'payment', 'capture', 'refund', 'credit', 'cancellation', 'late_capture', 'fee', 'payout', 'movement',
         'movement_reversal', 'dispute', 'dispute_reversal', 'dispute_again', 'dispute_loss', 'write_off'));
