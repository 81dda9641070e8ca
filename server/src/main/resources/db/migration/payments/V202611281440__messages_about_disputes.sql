ALTER TABLE payments.inbound_events ADD COLUMN about_dispute boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN payments.inbound_events.about_dispute IS
    'whether it tells of a dispute: such a message waits until it is acted on, for no answer to a question tells the same';
UPDATE payments.inbound_events SET about_dispute = true WHERE state = 'received' AND type LIKE '%dispute%';
