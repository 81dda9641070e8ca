CREATE TABLE orders.refund_requests (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id     bigint      NOT NULL,
    state        text        NOT NULL DEFAULT 'requested'
                             CHECK (state IN ('requested', 'approved', 'declined', 'withdrawn')),
    currency     text        NOT NULL CHECK (length(currency) = 3),
    amount       bigint      NOT NULL CHECK (amount > 0),
    asked        jsonb       NOT NULL,
    requested_by text        NOT NULL,
    requester_id bigint      NOT NULL REFERENCES accounts.users (id),
    requested_at timestamptz NOT NULL DEFAULT now(),
    decided_by   text,
    decider_id   bigint      REFERENCES accounts.users (id),
    decided_at   timestamptz,
    decision     text        CHECK (length(decision) <= 1000),
    refund_id    bigint      UNIQUE,
    CHECK ((state = 'requested') = (decided_at IS NULL)),
    CHECK ((state = 'requested') = (decided_by IS NULL)),
    CHECK ((state = 'approved') = (refund_id IS NOT NULL)),
    -- Nobody decides what they have asked for, whatever program asked for them; only a person decides at all.
    CONSTRAINT refund_requests_decided_by_another CHECK (
        state NOT IN ('approved', 'declined') OR (decider_id IS NOT NULL AND decider_id IS DISTINCT FROM requester_id))
);
COMMENT ON TABLE orders.refund_requests IS
    'Refunds above a limit that somebody asked for and somebody else has to approve. While one is open it holds nothing back.';
COMMENT ON COLUMN orders.refund_requests.amount IS 'minor units: what was asked for came to this then';
COMMENT ON COLUMN orders.refund_requests.asked IS 'the request for a refund as the API took it';
COMMENT ON COLUMN orders.refund_requests.requested_by IS 'who asked: user:17, key:5';
COMMENT ON COLUMN orders.refund_requests.requester_id IS
    'the user behind it, also behind an API key or a client; a client that calls for itself cannot ask';
COMMENT ON COLUMN orders.refund_requests.decided_by IS 'who approved, declined or withdrew it';
COMMENT ON COLUMN orders.refund_requests.decision IS 'what they said about it';
COMMENT ON COLUMN orders.refund_requests.refund_id IS 'what came of one that was approved';
CREATE UNIQUE INDEX refund_requests_open ON orders.refund_requests (order_id) WHERE state = 'requested';
CREATE INDEX refund_requests_state ON orders.refund_requests (state, id);
CREATE INDEX refund_requests_order ON orders.refund_requests (order_id);
GRANT SELECT, INSERT (order_id, currency, amount, asked, requested_by, requester_id),
      UPDATE (state, decided_by, decider_id, decided_at, decision, refund_id)
    ON orders.refund_requests TO kontor_app;
