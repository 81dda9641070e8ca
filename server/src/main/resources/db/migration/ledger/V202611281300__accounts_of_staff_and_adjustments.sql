-- Staff add accounts of their own. Those that Kontor posts to by itself were added by nobody.
ALTER TABLE ledger.accounts
    ADD COLUMN created_by text,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD CHECK (length(code) <= 40 AND code ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'),
    ADD CHECK (length(name) BETWEEN 1 AND 200);
COMMENT ON COLUMN ledger.accounts.created_by IS 'user:17; null for an account that Kontor itself posts to';
GRANT INSERT (code, name, kind, created_by) ON ledger.accounts TO kontor_app;

-- Entries name accounts without a foreign key, which would slow every order down, so that none may go away.
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON ledger.accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE SEQUENCE ledger.adjustment_ids INCREMENT BY 1024;
GRANT USAGE ON SEQUENCE ledger.adjustment_ids TO kontor_app;

CREATE TABLE ledger.adjustments (
    id         bigint      PRIMARY KEY,
    note       text        NOT NULL CHECK (length(note) BETWEEN 1 AND 1000),
    actor      text        NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.adjustments IS 'Postings that staff made by hand, and why. Append-only.';
COMMENT ON COLUMN ledger.adjustments.id IS 'the source_id of its ledger transaction';
COMMENT ON COLUMN ledger.adjustments.actor IS 'user:17';
GRANT SELECT ON ledger.adjustments TO kontor_app;
GRANT INSERT (id, note, actor) ON ledger.adjustments TO kontor_app;
CREATE TRIGGER adjustments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.adjustments
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- For reading what is rare. The accounts and kinds that every order posts to stay out, so that orders pay nothing for it;
-- whoever reads those backwards meets them at once.
CREATE INDEX entries_of_rare_accounts ON ledger.entries (account, transaction_id, line)
    WHERE account NOT IN ('revenue', 'shipping_revenue', 'tax_payable', 'gateway_clearing', 'receivables');
CREATE INDEX transactions_of_rare_kinds ON ledger.transactions (kind, id)
    WHERE kind NOT IN ('invoice', 'capture');
