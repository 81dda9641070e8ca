CREATE SCHEMA events;
GRANT USAGE ON SCHEMA events TO kontor_app;

-- What happened to an order, for others to hear: numbered 1..n per order without gaps, like the order's history.
CREATE TABLE events.outbox (
    order_id     bigint      NOT NULL,
    version      int         NOT NULL CHECK (version >= 1),
    type         text        NOT NULL,
    payload      jsonb       NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (order_id, version)
);
GRANT SELECT, INSERT, UPDATE (published_at) ON events.outbox TO kontor_app;
