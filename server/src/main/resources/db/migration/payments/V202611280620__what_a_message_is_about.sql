ALTER TABLE payments.inbound_events
    ADD COLUMN order_id        bigint,
    ADD COLUMN payment_id      bigint,
    ADD COLUMN next_attempt_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN payments.inbound_events.payment_id IS 'the payment it is about; NULL when it is about none of ours';
COMMENT ON COLUMN payments.inbound_events.next_attempt_at IS 'when it is looked at again, while it is received and no more';
DROP INDEX payments.inbound_events_waiting;
CREATE INDEX inbound_events_waiting ON payments.inbound_events (next_attempt_at) WHERE state = 'received';
GRANT UPDATE (next_attempt_at) ON payments.inbound_events TO kontor_app;
