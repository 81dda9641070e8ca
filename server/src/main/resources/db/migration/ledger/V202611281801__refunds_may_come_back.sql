-- A refund that was paid out and came back is booked in the other direction.
ALTER TABLE ledger.transactions
    DROP CONSTRAINT transactions_kind_check,
    ADD CONSTRAINT transactions_kind_check CHECK (kind IN
        ('invoice', 'payment', 'capture', 'refund', 'refund_reversal', 'credit', 'cancellation', 'late_capture', 'fee',
         'payout', 'movement', 'movement_reversal', 'dispute', 'dispute_reversal', 'dispute_again', 'dispute_loss', 'write_off'));
