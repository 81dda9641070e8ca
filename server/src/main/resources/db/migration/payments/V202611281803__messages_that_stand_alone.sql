ALTER TABLE payments.inbound_events RENAME COLUMN about_dispute TO stands_alone;
COMMENT ON COLUMN payments.inbound_events.stands_alone IS
    'no answer to a question tells the same: it waits until it is acted on, whatever is answered meanwhile';
UPDATE payments.inbound_events SET stands_alone = true
WHERE state = 'received' AND (type LIKE 'refund.%' OR type = 'payment_intent.canceled');
