CREATE SCHEMA payments;
GRANT USAGE ON SCHEMA payments TO kontor_app;

CREATE SEQUENCE payments.payment_ids INCREMENT BY 1024;
CREATE SEQUENCE payments.operation_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE payments.payment_ids, payments.operation_ids TO kontor_app;

CREATE TABLE payments.installation (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    id        uuid    NOT NULL
);
COMMENT ON TABLE payments.installation IS
    'Goes into every key that is sent to a gateway: another database at the same gateway account has other keys. One row.';
INSERT INTO payments.installation (id) VALUES (gen_random_uuid());
GRANT SELECT ON payments.installation TO kontor_app;

CREATE TABLE payments.payments (
    order_id          bigint      NOT NULL,
    id                bigint      NOT NULL,
    method            text        NOT NULL CHECK (method IN ('invoice', 'card')),
    gateway           text,
    currency          text        NOT NULL CHECK (length(currency) = 3),
    amount            bigint      NOT NULL CHECK (amount >= 0),
    status            text        NOT NULL CHECK (status IN
                      ('open', 'created', 'requires_action', 'authorized', 'captured', 'failed', 'voided', 'unknown')),
    captured          bigint      NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount),
    refunded          bigint      NOT NULL DEFAULT 0 CHECK (refunded >= 0),
    gateway_reference text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, id),
    CHECK (refunded <= captured),
    CHECK ((method = 'card') = (gateway IS NOT NULL)),
    CHECK ((method = 'invoice') OR status <> 'open')
);
COMMENT ON TABLE payments.payments IS 'Attempts to pay an order.';
COMMENT ON COLUMN payments.payments.gateway IS 'NULL for an invoice';
COMMENT ON COLUMN payments.payments.captured IS 'minor units; kept beside the status so that the database bounds it';
COMMENT ON COLUMN payments.payments.refunded IS 'minor units; kept here so that the database bounds it';
COMMENT ON COLUMN payments.payments.gateway_reference IS 'the gateway''s name for it; NULL until it gave one';
CREATE INDEX payments_id ON payments.payments (id);
-- An order has at most one payment that may still move or has moved money.
CREATE UNIQUE INDEX payments_one_live ON payments.payments (order_id) WHERE status NOT IN ('failed', 'voided');
-- Few at any time; counted every few seconds for those who watch the shop.
CREATE INDEX payments_under_way ON payments.payments (status)
    WHERE status IN ('created', 'requires_action', 'authorized', 'unknown');
GRANT SELECT, INSERT, UPDATE (status, captured, refunded, gateway_reference, updated_at) ON payments.payments TO kontor_app;

CREATE TABLE payments.operations (
    order_id          bigint      NOT NULL,
    payment_id        bigint      NOT NULL,
    id                bigint      NOT NULL,
    kind              text        NOT NULL CHECK (kind IN ('authorize', 'capture', 'void', 'refund')),
    state             text        NOT NULL CHECK (state IN ('intent', 'unknown', 'waiting', 'succeeded', 'failed')),
    gateway           text        NOT NULL,
    currency          text        NOT NULL CHECK (length(currency) = 3),
    amount            bigint      NOT NULL CHECK (amount >= 0),
    captures          boolean     NOT NULL DEFAULT false,
    token             text,
    return_url        text,
    gateway_reference text,
    code              text,
    attempts          int         NOT NULL DEFAULT 0,
    next_attempt_at   timestamptz NOT NULL DEFAULT now(),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, payment_id, id)
);
COMMENT ON TABLE payments.operations IS 'Questions to gateways, each written before it is asked.';
COMMENT ON COLUMN payments.operations.state IS
    'intent: written, perhaps asked; unknown: asked, no answer; waiting: the buyer must act first';
COMMENT ON COLUMN payments.operations.captures IS 'an authorize that takes the money in the same call';
COMMENT ON COLUMN payments.operations.token IS
    'the gateway''s name for the buyer''s card; asked again with the same words under the same key';
COMMENT ON COLUMN payments.operations.return_url IS 'where the buyer comes back to after 3-D Secure';
COMMENT ON COLUMN payments.operations.code IS
    'why it failed, what is unknown about it, or where the buyer must go while it waits';
COMMENT ON COLUMN payments.operations.next_attempt_at IS 'when the gateway is asked again, if it has not answered by then';
-- At most one operation of a payment is under way.
CREATE UNIQUE INDEX operations_one_live ON payments.operations (order_id, payment_id) WHERE state IN ('intent', 'unknown');
CREATE INDEX operations_due ON payments.operations (next_attempt_at) WHERE state IN ('intent', 'unknown');
CREATE INDEX operations_reference ON payments.operations (gateway, gateway_reference) WHERE gateway_reference IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (state, gateway_reference, code, attempts, next_attempt_at, updated_at)
    ON payments.operations TO kontor_app;

CREATE TABLE payments.inbound_events (
    gateway      text        NOT NULL,
    event_id     text        NOT NULL,
    type         text        NOT NULL,
    body         bytea       NOT NULL,
    state        text        NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'processed', 'ignored', 'quarantined')),
    note         text,
    received_at  timestamptz NOT NULL DEFAULT now(),
    processed_at timestamptz,
    PRIMARY KEY (gateway, event_id)
);
COMMENT ON TABLE payments.inbound_events IS 'What gateways told us, as they told it.';
COMMENT ON COLUMN payments.inbound_events.body IS 'the bytes that were signed';
COMMENT ON COLUMN payments.inbound_events.note IS 'why it was ignored or put aside';
CREATE INDEX inbound_events_waiting ON payments.inbound_events (received_at) WHERE state = 'received';
GRANT SELECT, INSERT, UPDATE (state, note, processed_at) ON payments.inbound_events TO kontor_app;
