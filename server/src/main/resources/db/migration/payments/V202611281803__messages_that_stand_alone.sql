ALTER TABLE payments.inbound_events ADD COLUMN stands_alone boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN payments.inbound_events.stands_alone IS
    'no answer to a question tells the same: it waits until it is acted on, whatever is answered meanwhile';
COMMENT ON COLUMN payments.inbound_events.about_dispute IS
    'stands_alone in the words of the release before, whose servers may still run: to be taken away in the next';
UPDATE payments.inbound_events SET stands_alone = true
WHERE about_dispute OR type LIKE 'refund.%' OR type IN ('payment_intent.canceled', 'REFUND_FAILED');
COMMENT ON COLUMN payments.operations.epoch IS
    'counts who took it up to ask about it: what an earlier one found out late is not written down, unless it is final';
