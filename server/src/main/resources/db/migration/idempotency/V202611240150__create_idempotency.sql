CREATE SCHEMA idempotency;
GRANT USAGE ON SCHEMA idempotency TO kontor_app;

CREATE TABLE idempotency.keys (
    principal   text        NOT NULL,
    route       text        NOT NULL,
    key         text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32),
    status      smallint    CHECK (status BETWEEN 200 AND 599),
    location    text,
    answer      bytea,
    order_id    bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, route, key)
);
COMMENT ON TABLE idempotency.keys IS
    'Requests that their callers may repeat, written in the transaction of the effect: both exist, or neither.';
COMMENT ON COLUMN idempotency.keys.principal IS 'whose key it is: user:17, guest:ann@example.org';
COMMENT ON COLUMN idempotency.keys.route IS 'method and path';
COMMENT ON COLUMN idempotency.keys.fingerprint IS
    'SHA-256 over route and canonical body: the same key with another body is refused';
COMMENT ON COLUMN idempotency.keys.status IS
    'what was answered; NULL while the request still waits for a payment gateway, and for an order that was confirmed at once: its answer follows from the order';
COMMENT ON COLUMN idempotency.keys.answer IS 'the body, byte for byte';
COMMENT ON COLUMN idempotency.keys.order_id IS
    'the order that the request made: found again when the server died before it answered';
GRANT SELECT, INSERT, UPDATE (status, location, answer) ON idempotency.keys TO kontor_app;
