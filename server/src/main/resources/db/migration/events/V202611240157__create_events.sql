CREATE SCHEMA events;
GRANT USAGE ON SCHEMA events TO kontor_app;

CREATE TABLE events.outbox (
    order_id     bigint      NOT NULL,
    version      int         NOT NULL CHECK (version >= 1),
    type         text        NOT NULL,
    payload      jsonb       NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (order_id, version)
);
COMMENT ON TABLE events.outbox IS
    'What happened to an order, for others to hear: numbered from 1 per order without gaps, like its history.';
COMMENT ON COLUMN events.outbox.type IS 'such as order.placed';
COMMENT ON COLUMN events.outbox.published_at IS 'NULL until it has been handed on';
GRANT SELECT, INSERT, UPDATE (published_at) ON events.outbox TO kontor_app;
