ALTER TABLE reconciliation.balance_lines
    DROP CONSTRAINT balance_lines_kind_check,
    ADD CONSTRAINT balance_lines_kind_check CHECK (kind IN
        ('charge', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal', 'payout', 'fee', 'other'));
