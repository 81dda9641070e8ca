-- Who bought an imported order, and where, in the words of where it came from.
ALTER TABLE orders.orders
    ADD COLUMN external_customer text CHECK (length(external_customer) BETWEEN 1 AND 200),
    ADD COLUMN external_country  text CHECK (length(external_country) BETWEEN 1 AND 200);
CREATE INDEX orders_external_customer ON orders.orders (external_customer) WHERE external_customer IS NOT NULL;

CREATE SEQUENCE orders.credit_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE orders.credit_ids TO kontor_app;

-- What was sold and is taken back in money: a document of its own beside the order. Append-only.
CREATE TABLE orders.credits (
    id                bigint      PRIMARY KEY,
    order_id          bigint,      -- NULL: for a customer, because the order was never taken here
    external_id       text,        -- the number that an imported credit had where it came from
    external_customer text        CHECK (length(external_customer) BETWEEN 1 AND 200),
    import_id         bigint,
    currency          text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    total             bigint      NOT NULL CHECK (total > 0),
    -- Whether it went back through the bank, lowered an open invoice, or is still owed to the customer.
    given_as          text        NOT NULL CHECK (given_as IN ('bank', 'receivable', 'customer_credit')),
    credited_at       timestamptz NOT NULL,
    CHECK (order_id IS NOT NULL OR external_customer IS NOT NULL),
    CHECK ((import_id IS NULL) = (external_id IS NULL))
);
-- A credit note may be about several orders; for each of them, and for none, it counts once.
CREATE UNIQUE INDEX credits_external_id ON orders.credits (external_id, order_id) NULLS NOT DISTINCT
    WHERE external_id IS NOT NULL;
CREATE INDEX credits_order ON orders.credits (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX credits_import ON orders.credits (import_id) WHERE import_id IS NOT NULL;
GRANT SELECT, INSERT ON orders.credits TO kontor_app;

CREATE TABLE orders.credit_lines (
    credit_id  bigint NOT NULL,
    line       int    NOT NULL CHECK (line >= 1),
    order_line int             CHECK (order_line >= 0), -- 0: the order's shipping; NULL: no line of any order here
    sku        text   NOT NULL,
    name       text   NOT NULL,
    quantity   bigint NOT NULL CHECK (quantity > 0),
    unit_price bigint NOT NULL CHECK (unit_price > 0),
    total      bigint NOT NULL,
    PRIMARY KEY (credit_id, line),
    CHECK (total = quantity * unit_price)
);
GRANT SELECT, INSERT ON orders.credit_lines TO kontor_app;

-- How much of an order's line has been credited: never more than was sold, and the database sees to it.
-- Line 0 is the shipping, counted in minor units instead of pieces.
CREATE TABLE orders.credited (
    order_id bigint NOT NULL,
    line     int    NOT NULL CHECK (line >= 0),
    sold     bigint NOT NULL,
    credited bigint NOT NULL CHECK (credited > 0),
    PRIMARY KEY (order_id, line),
    CHECK (credited <= sold)
);
GRANT SELECT, INSERT, UPDATE (credited) ON orders.credited TO kontor_app;

-- A file of orders that was read, and what became of each line of it.
CREATE TABLE orders.imports (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state       text        NOT NULL CHECK (state IN ('running', 'completed', 'failed', 'interrupted')),
    format      text        NOT NULL CHECK (format IN ('csv', 'ndjson')),
    dry_run     boolean     NOT NULL,
    settled     boolean     NOT NULL,
    actor       text        NOT NULL,
    problem     text,       -- why it failed
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
GRANT SELECT, INSERT, UPDATE (state, problem, finished_at) ON orders.imports TO kontor_app;

-- Read in first, because the lines of one document may lie scattered over the file; decided on afterwards.
-- Amounts are minor units of the currency, and numeric because a source may name fractions of a penny: those lines are
-- set aside, and still add up.
CREATE TABLE orders.import_lines (
    import_id         bigint  NOT NULL,
    n                 bigint  NOT NULL,  -- 1, 2, 3, … through the whole file
    line              bigint  NOT NULL,  -- where it stands in the file, counted as editors count
    item              int     NOT NULL,  -- which of the several things that this line of the file names; 0 for the only one
    external_id       text,              -- of the sale or credit that it belongs to; NULL when it cannot be told
    credit            boolean,
    role              text    CHECK (role IN ('goods', 'shipping', 'discount', 'tax', 'bookkeeping')),
    sku               text,
    name              text,
    quantity          bigint,
    unit_price        numeric,
    amount            numeric,
    currency          text,
    placed_at         timestamptz,
    customer          text,
    country           text,
    email             text,
    outcome           text    CHECK (outcome IN ('order_line', 'shipping', 'discount', 'tax', 'credit_of_order',
                                                 'customer_credit', 'already_there', 'set_aside')),
    reason            text,   -- why it was set aside
    detail            text,   -- what exactly could not be read
    order_external_id text,   -- the order that it became part of, or was credited against
    order_line        int,
    PRIMARY KEY (import_id, n),
    CHECK ((outcome IS NOT DISTINCT FROM 'set_aside') = (reason IS NOT NULL))
) WITH (fillfactor = 75); -- room for the outcome to be written in place
CREATE INDEX import_lines_document ON orders.import_lines (import_id, external_id, n);
GRANT SELECT, INSERT, UPDATE (outcome, reason, order_external_id, order_line) ON orders.import_lines TO kontor_app;

-- The sales and credits that the lines of a file make, in the order in which they are taken: sales first.
CREATE TABLE orders.import_documents (
    import_id   bigint  NOT NULL,
    document    int     NOT NULL,
    external_id text    NOT NULL,
    credit      boolean NOT NULL,
    first_n     bigint  NOT NULL,
    lines       int     NOT NULL,
    currency    text,
    placed_at   timestamptz,
    customer    text,
    country     text,
    email       text,
    outcome     text    CHECK (outcome IN ('imported', 'already_there', 'set_aside')),
    reason      text,    -- why it was set aside whole
    PRIMARY KEY (import_id, document)
);
CREATE INDEX import_documents_external_id ON orders.import_documents (import_id, external_id);
GRANT SELECT, INSERT, UPDATE (outcome) ON orders.import_documents TO kontor_app;

-- What an import came to, added up once at its end.
CREATE TABLE orders.import_totals (
    import_id bigint  NOT NULL,
    currency  text,
    outcome   text    NOT NULL,
    reason    text,
    lines     bigint  NOT NULL,
    amount    numeric NOT NULL
);
CREATE INDEX import_totals_import ON orders.import_totals (import_id);
GRANT SELECT, INSERT ON orders.import_totals TO kontor_app;

COMMENT ON TABLE orders.credits IS 'What was given back for an order, or to a customer without one';
COMMENT ON TABLE orders.credit_lines IS 'What a credit consists of';
COMMENT ON TABLE orders.credited IS 'Which order line each part of a credit gives back';
COMMENT ON TABLE orders.imports IS 'Every import of an order history, and how it ended';
COMMENT ON TABLE orders.import_lines IS 'What became of each line of an imported file';
COMMENT ON TABLE orders.import_documents IS 'The invoices and cancellations of an imported file, and what became of each';
COMMENT ON TABLE orders.import_totals IS 'What an import added up to, by currency and outcome';
