CREATE SCHEMA reconciliation;
GRANT USAGE ON SCHEMA reconciliation TO kontor_app;

CREATE TABLE reconciliation.gateways (
    gateway      text PRIMARY KEY,
    last_line    text,
    last_line_at timestamptz,
    read_at      timestamptz,
    books        text NOT NULL DEFAULT 'unread' CHECK (books IN ('unread', 'read', 'unavailable', 'not_offered')),
    reason       text
);
COMMENT ON TABLE reconciliation.gateways IS 'How far the books of each gateway have been read.';
COMMENT ON COLUMN reconciliation.gateways.last_line IS 'where reading goes on: the gateway''s name of the newest line that is here';
COMMENT ON COLUMN reconciliation.gateways.last_line_at IS 'when that line came about, by the gateway''s clock';
COMMENT ON COLUMN reconciliation.gateways.read_at IS 'when its books were last read to their end';
COMMENT ON COLUMN reconciliation.gateways.books IS 'whether they could be read the last time';
COMMENT ON COLUMN reconciliation.gateways.reason IS 'why they could not';
GRANT SELECT, INSERT, UPDATE (last_line, last_line_at, read_at, books, reason) ON reconciliation.gateways TO kontor_app;

CREATE TABLE reconciliation.balance_lines (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway           text        NOT NULL,
    line_id           text        NOT NULL,
    kind              text        NOT NULL CHECK (kind IN
                      ('charge', 'refund', 'dispute', 'dispute_reversal', 'payout', 'fee', 'other')),
    currency          text        NOT NULL CHECK (length(currency) = 3),
    amount            bigint      NOT NULL,
    fee               bigint      NOT NULL CHECK (fee >= 0),
    at                timestamptz NOT NULL,
    available_at      timestamptz,
    payment_reference text,
    source            text,
    operation_key     text,
    key_order_id      bigint,
    key_operation_id  bigint,
    order_id          bigint,
    payment_id        bigint,
    state             text        NOT NULL CHECK (state IN ('waiting', 'matched', 'suspended')),
    suspended         bigint      NOT NULL DEFAULT 0,
    refund_key        text,
    read_at           timestamptz NOT NULL DEFAULT now(),
    UNIQUE (gateway, line_id),
    CHECK (state = 'matched' OR suspended = CASE state WHEN 'waiting' THEN 0 ELSE amount END),
    CHECK ((order_id IS NULL) = (payment_id IS NULL))
);
COMMENT ON TABLE reconciliation.balance_lines IS 'The gateways'' own books, as they were read: each movement of the money they keep for us.';
COMMENT ON COLUMN reconciliation.balance_lines.line_id IS 'the gateway''s name of it';
COMMENT ON COLUMN reconciliation.balance_lines.amount IS 'minor units before the fee: above zero what came in, below what went out';
COMMENT ON COLUMN reconciliation.balance_lines.fee IS 'minor units that the gateway kept for itself';
COMMENT ON COLUMN reconciliation.balance_lines.source IS 'the gateway''s name of the refund, dispute or payout that it is about';
COMMENT ON COLUMN reconciliation.balance_lines.operation_key IS 'of the operation that caused it, as far as the gateway tells';
COMMENT ON COLUMN reconciliation.balance_lines.key_order_id IS 'which order that key names, when it is one of this installation; the order may be gone';
COMMENT ON COLUMN reconciliation.balance_lines.order_id IS 'the order and payment here that it is about; NULL while none is known';
COMMENT ON COLUMN reconciliation.balance_lines.state IS
    'waiting: not looked for yet, or an answer may still come; matched: what our books have, too; suspended: what they do not have, so that it was booked to suspense';
COMMENT ON COLUMN reconciliation.balance_lines.suspended IS 'minor units of it that are booked to suspense';
COMMENT ON COLUMN reconciliation.balance_lines.refund_key IS 'under which key a charge that nobody here knows was given back';
CREATE INDEX balance_lines_undecided ON reconciliation.balance_lines (gateway, id) WHERE state <> 'matched';
CREATE INDEX balance_lines_payment ON reconciliation.balance_lines (order_id, payment_id);
CREATE INDEX balance_lines_reference ON reconciliation.balance_lines (gateway, payment_reference);
GRANT SELECT, INSERT, UPDATE (order_id, payment_id, state, suspended, refund_key) ON reconciliation.balance_lines TO kontor_app;

CREATE TABLE reconciliation.matches (
    transaction_id bigint      PRIMARY KEY,
    line           bigint      NOT NULL REFERENCES reconciliation.balance_lines,
    matched_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reconciliation.matches IS 'Which line of a gateway''s books says the same as which ledger transaction. Append-only.';
COMMENT ON COLUMN reconciliation.matches.transaction_id IS 'of ledger.transactions; one fact has one line';
COMMENT ON COLUMN reconciliation.matches.line IS 'where several lines and facts agree only in their sum, the last of those lines';
CREATE INDEX matches_line ON reconciliation.matches (line);
GRANT SELECT, INSERT ON reconciliation.matches TO kontor_app;

CREATE TABLE reconciliation.breaks (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway        text        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN
                   ('missing_here', 'missing_there', 'amount_differs', 'currency_differs', 'duplicate')),
    line           bigint      REFERENCES reconciliation.balance_lines,
    transaction_id bigint,
    order_id       bigint,
    payment_id     bigint,
    currency       text        NOT NULL CHECK (length(currency) = 3),
    amount         bigint      NOT NULL,
    opened_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at    timestamptz,
    resolved_by    text,
    note           text,
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)),
    CHECK ((kind = 'missing_there') = (line IS NULL)),
    CHECK (line IS NOT NULL OR transaction_id IS NOT NULL)
);
COMMENT ON TABLE reconciliation.breaks IS 'Where a gateway''s books and ours differ.';
COMMENT ON COLUMN reconciliation.breaks.line IS 'of the gateway''s books; NULL when it has none';
COMMENT ON COLUMN reconciliation.breaks.transaction_id IS 'of ledger.transactions: what we booked; NULL when we booked nothing';
COMMENT ON COLUMN reconciliation.breaks.amount IS 'minor units that are missing, too much, or differ: as they changed or should have changed the gateway''s balance';
COMMENT ON COLUMN reconciliation.breaks.resolved_by IS 'user:17, or server when it settled itself';
CREATE UNIQUE INDEX breaks_line ON reconciliation.breaks (line) WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX breaks_missing_there ON reconciliation.breaks (transaction_id) WHERE line IS NULL;
CREATE INDEX breaks_transaction ON reconciliation.breaks (transaction_id) WHERE transaction_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (resolved_at, resolved_by, note) ON reconciliation.breaks TO kontor_app;

CREATE TABLE reconciliation.clearing (
    gateway    text,
    currency   text,
    in_ledger  bigint      NOT NULL,
    at_gateway bigint      NOT NULL,
    under_way  bigint      NOT NULL,
    as_of      timestamptz NOT NULL,
    PRIMARY KEY (gateway, currency)
);
COMMENT ON TABLE reconciliation.clearing IS 'What each gateway held for us at the last run, by its books and by ours.';
COMMENT ON COLUMN reconciliation.clearing.gateway IS '''adjustment'' for what staff have booked by hand';
COMMENT ON COLUMN reconciliation.clearing.in_ledger IS 'minor units: the account gateway_clearing, as far as this gateway''s money is on it';
COMMENT ON COLUMN reconciliation.clearing.at_gateway IS 'minor units: the sum of its lines less their fees';
COMMENT ON COLUMN reconciliation.clearing.under_way IS 'minor units that one side has and the other may still get';
GRANT SELECT, INSERT, UPDATE (in_ledger, at_gateway, under_way, as_of) ON reconciliation.clearing TO kontor_app;

-- The server may move the counters of what gateways know by name forward, and never back.
CREATE FUNCTION reconciliation.skip_ids(beyond bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS
$$
DECLARE
    name text;
    block bigint;
    next bigint;
BEGIN
    FOREACH name IN ARRAY ARRAY['orders.order_ids', 'orders.refund_ids', 'payments.payment_ids', 'payments.operation_ids'] LOOP
        next := nextval(name::regclass);
        SELECT seqincrement INTO block FROM pg_sequence WHERE seqrelid = name::regclass;
        IF next <= beyond THEN
            PERFORM setval(name::regclass, next + ((beyond - next) / block + 1) * block, false);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION reconciliation.skip_ids IS
    'No order, refund, payment or operation gets an id up to this one any more, except those of blocks that a running server has taken.';
REVOKE EXECUTE ON FUNCTION reconciliation.skip_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reconciliation.skip_ids TO kontor_app;

CREATE FUNCTION reconciliation.ids_reached() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    BEGIN ATOMIC
        SELECT greatest(a.last_value, b.last_value, c.last_value, d.last_value)
        FROM orders.order_ids AS a, orders.refund_ids AS b, payments.payment_ids AS c, payments.operation_ids AS d;
    END;
COMMENT ON FUNCTION reconciliation.ids_reached IS 'The highest id that any of these counters has come to.';
REVOKE EXECUTE ON FUNCTION reconciliation.ids_reached FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reconciliation.ids_reached TO kontor_app;
