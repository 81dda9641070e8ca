ALTER TABLE orders.orders
    DROP CONSTRAINT orders_payment_status_check,
    ADD CONSTRAINT orders_payment_status_check CHECK (payment_status IN
        ('open', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'failed', 'voided'));

-- Refunds name what they give back in the same count as credits, so that nothing is given back twice; one that a gateway
-- refuses to pay out takes its part off again.
ALTER TABLE orders.credited
    DROP CONSTRAINT credited_credited_check,
    ADD CONSTRAINT credited_credited_check CHECK (credited >= 0);
COMMENT ON TABLE orders.credited IS
    'How many of an order line credits and refunds give back, or of its shipping (line 0, minor units): bounded here';

CREATE SEQUENCE orders.refund_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE orders.refund_ids TO kontor_app;

CREATE TABLE orders.refunds (
    order_id     bigint      NOT NULL,
    id           bigint      NOT NULL UNIQUE,
    state        text        NOT NULL CHECK (state IN ('pending', 'succeeded', 'partially_succeeded', 'failed')),
    currency     text        NOT NULL CHECK (length(currency) = 3),
    amount       bigint      NOT NULL CHECK (amount > 0),
    goods        bigint      NOT NULL CHECK (goods >= 0),
    shipping     bigint      NOT NULL CHECK (shipping >= 0),
    tax          bigint      NOT NULL CHECK (tax >= 0),
    credit       bigint      NOT NULL DEFAULT 0 CHECK (credit >= 0),
    reason       text        NOT NULL CHECK (reason IN
                 ('requested_by_customer', 'returned', 'damaged', 'not_delivered', 'duplicate', 'fraudulent', 'late_payment', 'other')),
    note         text        CHECK (length(note) <= 1000),
    actor        text        NOT NULL,
    request_key  text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    PRIMARY KEY (order_id, id),
    CHECK (amount = goods + shipping + tax + credit),
    CHECK ((state = 'pending') = (completed_at IS NULL))
);
COMMENT ON TABLE orders.refunds IS
    'Money given back, as documents: each is paid out by one operation for every payment that it goes back to.';
COMMENT ON COLUMN orders.refunds.goods IS 'minor units of the amount that are for goods; shipping and tax likewise';
COMMENT ON COLUMN orders.refunds.credit IS 'minor units that were never for the order: a payment that came too late';
COMMENT ON COLUMN orders.refunds.note IS 'of staff, for staff';
GRANT SELECT, INSERT, UPDATE (state, completed_at) ON orders.refunds TO kontor_app;

CREATE TABLE orders.refund_lines (
    order_id  bigint NOT NULL,
    refund_id bigint NOT NULL,
    line      int    NOT NULL CHECK (line >= 0),
    quantity  bigint NOT NULL CHECK (quantity > 0),
    amount    bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (order_id, refund_id, line),
    FOREIGN KEY (order_id, refund_id) REFERENCES orders.refunds (order_id, id)
);
COMMENT ON TABLE orders.refund_lines IS 'What of an order a refund is for, where it says so.';
COMMENT ON COLUMN orders.refund_lines.line IS 'of the order; 0 is its shipping, whose quantity is counted in minor units';
GRANT SELECT, INSERT ON orders.refund_lines TO kontor_app;
