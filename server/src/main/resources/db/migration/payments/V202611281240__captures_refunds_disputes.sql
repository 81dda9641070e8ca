-- What is under way counts as spent: it is added here before the gateway is asked, and taken off when it is known.
ALTER TABLE payments.payments
    ADD COLUMN capturing bigint  NOT NULL DEFAULT 0 CHECK (capturing >= 0),
    ADD COLUMN refunding bigint  NOT NULL DEFAULT 0 CHECK (refunding >= 0),
    ADD COLUMN replaced  bigint  NOT NULL DEFAULT 0 CHECK (replaced >= 0),
    ADD COLUMN disputed  bigint  NOT NULL DEFAULT 0 CHECK (disputed >= 0),
    ADD COLUMN late      boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT payments_captured_within_amount CHECK (captured + capturing + replaced <= amount),
    ADD CONSTRAINT payments_refunded_within_captured CHECK (refunded + refunding <= captured);
COMMENT ON COLUMN payments.payments.capturing IS
    'minor units that operations under way may take; of an invoice, what other payments may take in its place';
COMMENT ON COLUMN payments.payments.refunding IS 'minor units that refunds under way may give back';
COMMENT ON COLUMN payments.payments.replaced IS 'of an invoice: minor units that other payments of the order took in its place';
COMMENT ON COLUMN payments.payments.disputed IS
    'minor units that a dispute has taken and not given back: they cannot be refunded as well';
COMMENT ON COLUMN payments.payments.late IS
    'taken after the payment had ended: it pays for nothing and is given back';
GRANT UPDATE (capturing, refunding, replaced, disputed, late) ON payments.payments TO kontor_app;

-- An invoice may be paid by several payments, one after the other.
DROP INDEX payments.payments_one_live;
CREATE UNIQUE INDEX payments_one_under_way ON payments.payments (order_id)
    WHERE method = 'card' AND status IN ('created', 'requires_action', 'authorized', 'unknown');
CREATE UNIQUE INDEX payments_one_invoice ON payments.payments (order_id) WHERE method = 'invoice';

ALTER TABLE payments.operations
    ADD COLUMN captured_before bigint  NOT NULL DEFAULT 0 CHECK (captured_before >= 0),
    ADD COLUMN last            boolean NOT NULL DEFAULT false,
    ADD COLUMN refund_id       bigint,
    ADD COLUMN own_reference   text,
    ADD COLUMN epoch           int     NOT NULL DEFAULT 0,
    ADD CONSTRAINT operations_refund CHECK ((kind = 'refund') = (refund_id IS NOT NULL));
COMMENT ON COLUMN payments.operations.captured_before IS
    'of a capture: minor units that earlier ones took, so that what it took itself can be told from the payment';
COMMENT ON COLUMN payments.operations.last IS 'of a capture: the rest of the hold is given up with it';
COMMENT ON COLUMN payments.operations.refund_id IS 'the document that a refund pays out';
COMMENT ON COLUMN payments.operations.own_reference IS
    'the gateway''s name for what it made, such as a refund, where that is not the payment itself';
COMMENT ON COLUMN payments.operations.epoch IS
    'counts who took it up to ask about it: what an earlier one found out late is not written down';
CREATE INDEX operations_refund_id ON payments.operations (refund_id) WHERE refund_id IS NOT NULL;
GRANT UPDATE (epoch, own_reference) ON payments.operations TO kontor_app;

CREATE TABLE payments.disputes (
    gateway    text        NOT NULL,
    reference  text        NOT NULL,
    id         bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    order_id   bigint      NOT NULL,
    payment_id bigint      NOT NULL,
    currency   text        NOT NULL CHECK (length(currency) = 3),
    amount     bigint      NOT NULL CHECK (amount > 0),
    status     text        NOT NULL CHECK (status IN ('open', 'won', 'lost')),
    withdrawn  boolean     NOT NULL,
    reason     text,
    opened_at  timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (gateway, reference)
);
COMMENT ON TABLE payments.disputes IS 'Buyers who want money back through their bank, as gateways tell of it.';
COMMENT ON COLUMN payments.disputes.reference IS 'the gateway''s name for it';
COMMENT ON COLUMN payments.disputes.withdrawn IS 'whether the gateway has taken the amount from our balance';
CREATE INDEX disputes_payment ON payments.disputes (order_id, payment_id);
GRANT SELECT, INSERT, UPDATE (status, withdrawn, reason, updated_at) ON payments.disputes TO kontor_app;

CREATE TABLE payments.work_items (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('unknown_operation', 'strange_answer', 'foreign_event', 'late_payment',
                             'refund_failed', 'authorization_gone', 'unexpected_state', 'dispute', 'break')),
    subject      text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 300),
    detail       text,
    order_id     bigint,
    payment_id   bigint,
    operation_id bigint,
    opened_at    timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at  timestamptz,
    resolved_by  text,
    resolution   text,
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
);
COMMENT ON TABLE payments.work_items IS 'What the server cannot decide by itself, for staff to look at.';
COMMENT ON COLUMN payments.work_items.subject IS 'what it is about: of one kind, one subject is open once';
COMMENT ON COLUMN payments.work_items.seen_at IS 'when it was met last';
CREATE UNIQUE INDEX work_items_open ON payments.work_items (kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX work_items_order ON payments.work_items (order_id) WHERE order_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (detail, seen_at, resolved_at, resolved_by, resolution) ON payments.work_items TO kontor_app;
