CREATE SCHEMA payments;
GRANT USAGE ON SCHEMA payments TO kontor_app;

CREATE SEQUENCE payments.payment_ids INCREMENT BY 1024;
CREATE SEQUENCE payments.operation_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE payments.payment_ids, payments.operation_ids TO kontor_app;

-- Goes into every key we send to a gateway: another database that talks to the same gateway account, or this one
-- restored to an earlier day, must not meet its own old keys.
CREATE TABLE payments.installation (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    id        uuid    NOT NULL
);
INSERT INTO payments.installation (id) VALUES (gen_random_uuid());
GRANT SELECT ON payments.installation TO kontor_app;

-- One attempt to pay an order.
CREATE TABLE payments.payments (
    order_id          bigint      NOT NULL,
    id                bigint      NOT NULL,
    method            text        NOT NULL CHECK (method IN ('invoice', 'card')),
    gateway           text,                  -- NULL for invoice
    currency          text        NOT NULL CHECK (length(currency) = 3),
    amount            bigint      NOT NULL CHECK (amount >= 0),
    status            text        NOT NULL CHECK (status IN
                      ('open', 'created', 'requires_action', 'authorized', 'captured', 'failed', 'voided', 'unknown')),
    -- Kept beside the status so that the database itself bounds them; unknown operations count as done.
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
CREATE INDEX payments_id ON payments.payments (id);
-- An order has at most one payment that may still move or has moved money.
CREATE UNIQUE INDEX payments_one_live ON payments.payments (order_id) WHERE status NOT IN ('failed', 'voided');
GRANT SELECT, INSERT, UPDATE (status, captured, refunded, gateway_reference, updated_at) ON payments.payments TO kontor_app;

-- One question to a gateway, written before it is asked.
CREATE TABLE payments.operations (
    order_id          bigint      NOT NULL,
    payment_id        bigint      NOT NULL,
    id                bigint      NOT NULL,
    kind              text        NOT NULL CHECK (kind IN ('authorize', 'capture', 'void', 'refund')),
    -- intent: written, perhaps asked; unknown: asked, no answer; waiting: the buyer must act first.
    state             text        NOT NULL CHECK (state IN ('intent', 'unknown', 'waiting', 'succeeded', 'failed')),
    gateway           text        NOT NULL,
    currency          text        NOT NULL CHECK (length(currency) = 3),
    amount            bigint      NOT NULL CHECK (amount >= 0),
    captures          boolean     NOT NULL DEFAULT false, -- an authorize that takes the money in the same call
    token             text,        -- the gateway's name for the buyer's card; asked again with the same words under the same key
    return_url        text,
    gateway_reference text,
    code              text,        -- why it failed, or what is unknown about it
    attempts          int         NOT NULL DEFAULT 0,
    next_attempt_at   timestamptz NOT NULL DEFAULT now(),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, payment_id, id)
);
-- At most one operation of a payment is under way.
CREATE UNIQUE INDEX operations_one_live ON payments.operations (order_id, payment_id) WHERE state IN ('intent', 'unknown');
CREATE INDEX operations_due ON payments.operations (next_attempt_at) WHERE state IN ('intent', 'unknown');
CREATE INDEX operations_reference ON payments.operations (gateway, gateway_reference) WHERE gateway_reference IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (state, gateway_reference, code, attempts, next_attempt_at, updated_at)
    ON payments.operations TO kontor_app;

-- What gateways told us, as they told it.
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
CREATE INDEX inbound_events_waiting ON payments.inbound_events (received_at) WHERE state = 'received';
GRANT SELECT, INSERT, UPDATE (state, note, processed_at) ON payments.inbound_events TO kontor_app;
