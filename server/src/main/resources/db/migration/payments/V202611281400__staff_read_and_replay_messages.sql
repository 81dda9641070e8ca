ALTER TABLE payments.inbound_events
    ADD COLUMN arrival     bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN conflicts   int    NOT NULL DEFAULT 0 CHECK (conflicts >= 0),
    ADD COLUMN replays     int    NOT NULL DEFAULT 0 CHECK (replays >= 0),
    ADD COLUMN replayed_by text,
    ADD COLUMN replayed_at timestamptz,
    ADD CHECK ((replays > 0) = (replayed_by IS NOT NULL) AND (replays > 0) = (replayed_at IS NOT NULL));
COMMENT ON COLUMN payments.inbound_events.arrival IS 'numbers the messages as they came; pages of their list begin behind one';
COMMENT ON COLUMN payments.inbound_events.body IS 'the bytes that were signed, but for card numbers, which are masked';
COMMENT ON COLUMN payments.inbound_events.conflicts IS
    'how often another message came under the same id; the first one counts';
COMMENT ON COLUMN payments.inbound_events.replays IS 'how often staff had it acted on again';
COMMENT ON COLUMN payments.inbound_events.replayed_by IS 'who did so last: user:17';
CREATE UNIQUE INDEX inbound_events_arrival ON payments.inbound_events (arrival);
-- What staff look for, and seldom find.
CREATE INDEX inbound_events_quarantined ON payments.inbound_events (arrival) WHERE state = 'quarantined';
GRANT UPDATE (conflicts, replays, replayed_by, replayed_at) ON payments.inbound_events TO kontor_app;
