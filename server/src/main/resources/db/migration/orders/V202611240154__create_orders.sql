CREATE SCHEMA orders;
GRANT USAGE ON SCHEMA orders TO kontor_app;

-- Ids are handed out in blocks of 1,024, so that a server knows them before it inserts.
CREATE SEQUENCE orders.order_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE orders.order_ids TO kontor_app;

CREATE TABLE orders.number_key (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    key       uuid    NOT NULL
);
COMMENT ON TABLE orders.number_key IS
    'Turns the ids of orders into numbers that cannot be guessed: a keyed permutation. One row.';
INSERT INTO orders.number_key (key) VALUES (gen_random_uuid());
GRANT SELECT ON orders.number_key TO kontor_app;

CREATE TABLE orders.orders (
    id                bigint      PRIMARY KEY,
    customer_id       bigint      REFERENCES accounts.users (id),
    email             text        CHECK (length(email) BETWEEN 3 AND 254),
    currency          text        NOT NULL CHECK (length(currency) = 3),
    status            text        NOT NULL CHECK (status IN ('pending_payment', 'confirmed', 'completed', 'cancelled')),
    payment_status    text        NOT NULL CHECK (payment_status IN ('open', 'authorized', 'paid', 'partially_refunded', 'refunded', 'failed', 'voided')),
    fulfilment_status text        NOT NULL CHECK (fulfilment_status IN ('unfulfilled', 'partially_fulfilled', 'fulfilled')),
    subtotal          bigint      NOT NULL CHECK (subtotal >= 0),
    discount          bigint      NOT NULL CHECK (discount BETWEEN 0 AND subtotal),
    shipping          bigint      NOT NULL CHECK (shipping >= 0),
    tax               bigint      NOT NULL CHECK (tax >= 0),
    total             bigint      NOT NULL,
    shipping_option   text,
    shipping_address  jsonb,
    version           int         NOT NULL CHECK (version >= 1),
    source            text        NOT NULL CHECK (source IN ('api', 'import')),
    external_id       text,
    placed_at         timestamptz NOT NULL,
    CHECK (total = subtotal - discount + shipping + tax),
    CHECK ((source = 'import') = (external_id IS NOT NULL))
) WITH (fillfactor = 90);
COMMENT ON TABLE orders.orders IS 'Orders: who bought, how far along it is, and what it comes to in minor units.';
COMMENT ON COLUMN orders.orders.customer_id IS 'NULL for a guest';
COMMENT ON COLUMN orders.orders.email IS 'where to write about this order; NULL for the customer''s own';
COMMENT ON COLUMN orders.orders.shipping_address IS 'as the API takes it';
COMMENT ON COLUMN orders.orders.version IS 'the number of the newest row of its history';
COMMENT ON COLUMN orders.orders.source IS 'how it came: ordered here, or imported';
COMMENT ON COLUMN orders.orders.external_id IS 'the number that an imported order had where it came from';
CREATE INDEX orders_customer ON orders.orders (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE UNIQUE INDEX orders_external_id ON orders.orders (external_id) WHERE external_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (status, payment_status, fulfilment_status, version, customer_id, email, shipping_address)
    ON orders.orders TO kontor_app;

CREATE TABLE orders.lines (
    order_id   bigint NOT NULL,
    line       int    NOT NULL CHECK (line >= 1),
    variant_id bigint,
    sku        text   NOT NULL,
    name       text   NOT NULL,
    quantity   bigint NOT NULL CHECK (quantity > 0),
    unit_price bigint NOT NULL CHECK (unit_price >= 0),
    discount   bigint NOT NULL DEFAULT 0 CHECK (discount >= 0),
    tax        bigint NOT NULL DEFAULT 0 CHECK (tax >= 0),
    total      bigint NOT NULL,
    PRIMARY KEY (order_id, line),
    CHECK (total = quantity * unit_price - discount + tax)
);
COMMENT ON TABLE orders.lines IS 'What was bought, as it was then: later changes of the catalogue do not reach it.';
COMMENT ON COLUMN orders.lines.variant_id IS 'NULL for what is no article: postage, a manual charge';
GRANT SELECT, INSERT ON orders.lines TO kontor_app;

CREATE TABLE orders.history (
    order_id          bigint      NOT NULL,
    version           int         NOT NULL CHECK (version >= 1),
    event             text        NOT NULL,
    from_status       text,
    status            text        NOT NULL,
    payment_status    text        NOT NULL,
    fulfilment_status text        NOT NULL,
    actor             text        NOT NULL,
    detail            text,
    at                timestamptz NOT NULL,
    PRIMARY KEY (order_id, version)
);
COMMENT ON TABLE orders.history IS
    'Every step in an order''s life, numbered from 1 without gaps: the proof of how it got where it is. Append-only.';
COMMENT ON COLUMN orders.history.event IS 'what happened: placed, payment_captured, cancelled, …';
COMMENT ON COLUMN orders.history.from_status IS 'NULL for the first step';
COMMENT ON COLUMN orders.history.actor IS 'who did it: user:17, guest, gateway:stripe, recovery, expiry';
GRANT SELECT, INSERT ON orders.history TO kontor_app;

CREATE TABLE orders.transitions (
    from_status text NOT NULL,
    to_status   text NOT NULL,
    PRIMARY KEY (from_status, to_status)
);
COMMENT ON TABLE orders.transitions IS
    'The legal steps between order statuses; a step may also leave the status as it is (a payment, a note).';
INSERT INTO orders.transitions VALUES
    ('pending_payment', 'confirmed'),
    ('pending_payment', 'cancelled'),
    ('confirmed', 'completed'),
    ('confirmed', 'cancelled');
GRANT SELECT ON orders.transitions TO kontor_app;
