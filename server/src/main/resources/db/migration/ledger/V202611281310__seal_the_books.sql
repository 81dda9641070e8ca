-- Ids come from blocks and commit in any order, so that none tells what has been committed before it. The database's own
-- transaction number does: once it is below the lowest that is still at work, nothing with it can be added any more.
CREATE FUNCTION ledger.xact_number(xact xid8) RETURNS bigint
    LANGUAGE sql STABLE
    RETURN xact::text::bigint;
COMMENT ON FUNCTION ledger.xact_number IS
    'The number of a database transaction. After a dump was loaded into another PostgreSQL, whose numbers begin anew, its '
    'owner lets this add what the old one had reached.';

ALTER TABLE ledger.transactions ADD COLUMN xact bigint NOT NULL DEFAULT 0; -- what is there was written before all others
ALTER TABLE ledger.transactions ALTER COLUMN xact SET DEFAULT ledger.xact_number(pg_current_xact_id());
COMMENT ON COLUMN ledger.transactions.xact IS
    'the database transaction that wrote it; 0 for those from before the books were sealed';
CREATE INDEX transactions_as_written ON ledger.transactions (xact, id);
-- Whoever takes the server over must not choose where in the chain a posting belongs.
REVOKE INSERT ON ledger.transactions FROM kontor_app;
GRANT INSERT (id, order_id, source_type, source_id, kind, posted_at) ON ledger.transactions TO kontor_app;

CREATE TABLE ledger.seals (
    seq           bigint      PRIMARY KEY CHECK (seq >= 1),
    previous_hash bytea       NOT NULL UNIQUE CHECK (octet_length(previous_hash) = 32),
    hash          bytea       NOT NULL CHECK (octet_length(hash) = 32),
    transactions  int         NOT NULL CHECK (transactions >= 0),
    until_xact    bigint      NOT NULL,
    until_id      bigint      NOT NULL,
    sealed_at     timestamptz NOT NULL
);
COMMENT ON TABLE ledger.seals IS
    'A chain of hashes over the posted transactions: each seal covers those since the one before it. Append-only.';
COMMENT ON COLUMN ledger.seals.seq IS 'from 1, without gaps';
COMMENT ON COLUMN ledger.seals.previous_hash IS 'of the seal before; zeros for the first';
COMMENT ON COLUMN ledger.seals.hash IS 'ledger.seal_hash of this row and the digests in ledger.sealed';
COMMENT ON COLUMN ledger.seals.transactions IS 'how many it covers';
COMMENT ON COLUMN ledger.seals.until_xact IS 'it covers transactions up to this (xact, id), from the seal before on';
CREATE TRIGGER seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TABLE ledger.sealed (
    transaction_id bigint PRIMARY KEY,
    seq            bigint NOT NULL,
    digest         bytea  NOT NULL
);
COMMENT ON TABLE ledger.sealed IS 'Which seal covers a transaction, and what it was then. Append-only.';
COMMENT ON COLUMN ledger.sealed.seq IS 'of ledger.seals';
COMMENT ON COLUMN ledger.sealed.digest IS 'SHA-256 of the transaction and its entries, see the view ledger.digests';
CREATE TRIGGER sealed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.sealed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TABLE ledger.balances (
    account  text,
    currency text,
    debits   bigint NOT NULL CHECK (debits >= 0),
    credits  bigint NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (account, currency)
);
COMMENT ON TABLE ledger.balances IS
    'The sums of all entries of sealed transactions: a cache, to which what is not sealed yet has to be added.';
COMMENT ON COLUMN ledger.balances.debits IS 'minor units';
COMMENT ON COLUMN ledger.balances.credits IS 'minor units, as a number above zero';

GRANT SELECT ON ledger.seals, ledger.sealed, ledger.balances TO kontor_app; -- written by ledger.seal alone

-- What is hashed is PostgreSQL's binary form of the row: for each column its type, its length and its bytes.
CREATE VIEW ledger.digests AS
SELECT id AS transaction_id, xact,
       sha256(record_send(ROW(id, order_id, source_type, source_id, kind, posted_at, xact, (
           SELECT string_agg(record_send(ROW(line, account, currency, amount)), '' ORDER BY line)
           FROM ledger.entries WHERE transaction_id = id
       )))) AS digest
FROM ledger.transactions;
COMMENT ON VIEW ledger.digests IS 'The SHA-256 of every transaction with its entries, as they are now.';
GRANT SELECT ON ledger.digests TO kontor_app;

CREATE FUNCTION ledger.seal_hash(seal ledger.seals, digests bytea) RETURNS bytea
    LANGUAGE sql STABLE
    RETURN sha256(record_send(ROW((seal).seq, (seal).previous_hash, (seal).transactions, (seal).until_xact,
                                  (seal).until_id, (seal).sealed_at, digests)));
COMMENT ON FUNCTION ledger.seal_hash IS
    'The hash that a seal must have. digests: of the transactions it covers, one after the other by transaction id.';

-- The server's role cannot write seals, but have the database write the next one.
CREATE FUNCTION ledger.seal(most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS
$$
DECLARE
    horizon bigint;
    last    ledger.seals;
    next    ledger.seals;
    ids     bigint[];
    digests bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kontor.ledger.seal'));
    -- From here on each statement sees what the one before us has sealed.
    SELECT * INTO last FROM ledger.seals ORDER BY seq DESC LIMIT 1;
    IF NOT FOUND THEN
        last := (0, NULL, decode(repeat('00', 32), 'hex'), 0, -1, 0, now());
    END IF;
    horizon := ledger.xact_number(pg_snapshot_xmin(pg_current_snapshot()));
    IF horizon <= last.until_xact THEN
        RAISE EXCEPTION 'database transactions count from % on, below the % that is sealed', horizon, last.until_xact
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Was a dump loaded into another PostgreSQL? Let ledger.xact_number add what the old one had reached.';
    END IF;
    SELECT array_agg(id), (array_agg(xact))[count(*)], (array_agg(id))[count(*)], clock_timestamp()
    INTO ids, next.until_xact, next.until_id, next.sealed_at
    FROM (
        SELECT id, xact FROM ledger.transactions
        WHERE (xact, id) > (last.until_xact, last.until_id) AND xact < horizon
        ORDER BY xact, id
        LIMIT most
    ) AS unsealed;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    next.seq := last.seq + 1;
    next.previous_hash := last.hash;
    -- One that is sealed already can only have been moved by force: the audit names it, and the others are sealed.
    WITH added AS (
        INSERT INTO ledger.sealed (transaction_id, seq, digest)
        SELECT transaction_id, next.seq, digest
        FROM unnest(ids) AS id JOIN ledger.digests ON transaction_id = id
        ON CONFLICT DO NOTHING
        RETURNING transaction_id, digest
    ), summed AS (
        INSERT INTO ledger.balances AS balance (account, currency, debits, credits)
        SELECT account, currency,
               coalesce(sum(amount) FILTER (WHERE amount > 0), 0), coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)
        FROM added JOIN ledger.entries USING (transaction_id)
        GROUP BY account, currency
        ON CONFLICT (account, currency) DO UPDATE
        SET debits = balance.debits + excluded.debits, credits = balance.credits + excluded.credits
    )
    SELECT count(*), coalesce(string_agg(digest, '' ORDER BY transaction_id), '') INTO next.transactions, digests
    FROM added;
    next.hash := ledger.seal_hash(next, digests);
    INSERT INTO ledger.seals SELECT next.*;
    RETURN cardinality(ids);
END
$$;
COMMENT ON FUNCTION ledger.seal IS
    'Seals the oldest transactions that are not sealed yet, at most so many, and adds them to the balances. Returns how '
    'many there were; whoever seals at the same time waits and goes on behind.';
REVOKE EXECUTE ON FUNCTION ledger.seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.seal TO kontor_app;
