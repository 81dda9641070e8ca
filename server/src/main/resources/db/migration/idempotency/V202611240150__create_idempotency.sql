CREATE SCHEMA idempotency;
GRANT USAGE ON SCHEMA idempotency TO kontor_app;

-- One row per request that a caller may repeat. It is inserted in the transaction of the effect,
-- so the key and the effect exist together or not at all.
CREATE TABLE idempotency.keys (
    principal   text        NOT NULL,
    route       text        NOT NULL,
    key         text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    -- SHA-256 over method, route, path and canonical body: the same key with another body is refused.
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32),
    -- What was answered. NULL while the request is still waiting for a payment gateway, and for an order that was
    -- confirmed at once: its answer follows from the order.
    status      smallint    CHECK (status BETWEEN 200 AND 599),
    location    text,
    answer      bytea,
    -- The order that the request made, for those that make one: found again when the server died before it answered.
    order_id    bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, route, key)
);
GRANT SELECT, INSERT, UPDATE (status, location, answer) ON idempotency.keys TO kontor_app;
