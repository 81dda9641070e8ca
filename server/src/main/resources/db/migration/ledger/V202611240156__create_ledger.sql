CREATE SCHEMA ledger;
GRANT USAGE ON SCHEMA ledger TO kontor_app;

CREATE SEQUENCE ledger.transaction_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE ledger.transaction_ids TO kontor_app;

CREATE TABLE ledger.accounts (
    code text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense'))
);
COMMENT ON TABLE ledger.accounts IS 'The accounts that the books are kept in.';
INSERT INTO ledger.accounts (code, name, kind) VALUES
    ('bank', 'Bank', 'asset'),
    ('gateway_clearing', 'Money that gateways hold for us', 'asset'),
    ('receivables', 'What customers owe on invoice', 'asset'),
    ('customer_credit', 'What we owe customers', 'liability'),
    ('tax_payable', 'Tax to hand on', 'liability'),
    ('revenue', 'Sales', 'income'),
    ('shipping_revenue', 'Shipping charged', 'income'),
    ('refunds', 'Sales given back', 'income'),
    ('gateway_fees', 'Fees of gateways', 'expense');
GRANT SELECT ON ledger.accounts TO kontor_app;

CREATE TABLE ledger.transactions (
    id          bigint      PRIMARY KEY,
    order_id    bigint      NOT NULL,
    source_type text        NOT NULL CHECK (source_type IN ('order', 'operation', 'import')),
    source_id   bigint      NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('invoice', 'payment', 'capture', 'refund', 'credit', 'cancellation')),
    posted_at   timestamptz NOT NULL,
    -- The order comes first so that a distributed PostgreSQL can keep it beside its order.
    UNIQUE (order_id, source_type, source_id, kind)
);
COMMENT ON TABLE ledger.transactions IS 'Business facts, each posted once. Append-only.';
COMMENT ON COLUMN ledger.transactions.source_type IS 'what kind of row the fact is about';
COMMENT ON COLUMN ledger.transactions.source_id IS 'the id of that row';
COMMENT ON COLUMN ledger.transactions.kind IS 'what happened';
GRANT SELECT, INSERT ON ledger.transactions TO kontor_app;

CREATE TABLE ledger.entries (
    transaction_id bigint NOT NULL,
    line           int    NOT NULL CHECK (line >= 1),
    account        text   NOT NULL,
    currency       text   NOT NULL CHECK (length(currency) = 3),
    amount         bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (transaction_id, line)
);
COMMENT ON TABLE ledger.entries IS
    'The sides of a transaction: per currency they sum to zero, which is checked once for every statement. Append-only.';
COMMENT ON COLUMN ledger.entries.account IS 'a code of ledger.accounts, checked by the same trigger';
COMMENT ON COLUMN ledger.entries.amount IS 'minor units: a debit above zero, a credit below';
GRANT SELECT, INSERT ON ledger.entries TO kontor_app;

-- Runs once per INSERT, over all rows of it: what one statement adds to a transaction sums to zero per currency,
-- and names accounts that exist.
CREATE FUNCTION ledger.refuse_unbalanced() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
DECLARE
    broken record;
BEGIN
    SELECT transaction_id, currency, sum(amount) AS off INTO broken
    FROM added GROUP BY transaction_id, currency HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % is off by % %', broken.transaction_id, broken.off, broken.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_balanced', SCHEMA = 'ledger', TABLE = 'entries';
    END IF;
    SELECT account INTO broken FROM added
    WHERE NOT EXISTS (SELECT FROM ledger.accounts WHERE code = added.account) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no ledger account %', broken.account
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'entries_account', SCHEMA = 'ledger', TABLE = 'entries';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER entries_balanced AFTER INSERT ON ledger.entries
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_unbalanced();

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on %.% refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transactions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
