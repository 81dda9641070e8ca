CREATE SCHEMA auditlog;
GRANT USAGE ON SCHEMA auditlog TO kontor_app;

-- As in the books: no id tells what has been committed before it, the database's own transaction number does.
CREATE FUNCTION auditlog.xact_number(xact xid8) RETURNS bigint
    LANGUAGE sql STABLE
    RETURN xact::text::bigint;
COMMENT ON FUNCTION auditlog.xact_number IS
    'The number of a database transaction. After a dump was loaded into another PostgreSQL, whose numbers begin anew, its '
    'owner lets this add what the old one had reached.';

CREATE TABLE auditlog.acts (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    xact       bigint      NOT NULL DEFAULT auditlog.xact_number(pg_current_xact_id()),
    actor      text        NOT NULL COLLATE "C" CHECK (length(actor) BETWEEN 1 AND 300),
    user_id    bigint      CHECK (user_id > 0),
    network    text        CHECK (length(network) BETWEEN 1 AND 64),
    user_agent text        CHECK (length(user_agent) <= 200),
    request_id text        CHECK (length(request_id) <= 64),
    action     text        NOT NULL COLLATE "C" CHECK (length(action) BETWEEN 1 AND 200),
    subject    text        COLLATE "C" CHECK (length(subject) BETWEEN 1 AND 200),
    before     jsonb       CHECK (octet_length(before::text) <= 32768),
    after      jsonb       CHECK (octet_length(after::text) <= 32768),
    outcome    text        NOT NULL CHECK (outcome IN ('done', 'refused'))
);
COMMENT ON TABLE auditlog.acts IS
    'What staff did and what has to do with security: who, from where, on what, and what it was before and after. Append-only.';
COMMENT ON COLUMN auditlog.acts.at IS 'by the database''s clock';
COMMENT ON COLUMN auditlog.acts.xact IS 'the database transaction that wrote it; it tells what the seals may cover';
COMMENT ON COLUMN auditlog.acts.actor IS 'user:17, guest, server, …';
COMMENT ON COLUMN auditlog.acts.user_id IS 'of the actor; of accounts.users, where it may be gone';
COMMENT ON COLUMN auditlog.acts.network IS 'the network address that the request came from';
COMMENT ON COLUMN auditlog.acts.request_id IS 'the X-Request-Id; it stands in every line that the server logged about the request';
COMMENT ON COLUMN auditlog.acts.action IS 'products.change; or the operation, POST /orders/{id}/capture, where nothing more is known';
COMMENT ON COLUMN auditlog.acts.subject IS 'what it was done to: user:18, order:5';
COMMENT ON COLUMN auditlog.acts.before IS 'what was changed, as it was before; without secrets and card numbers';
COMMENT ON COLUMN auditlog.acts.after IS 'the same as it is now, or what was asked for';
COMMENT ON COLUMN auditlog.acts.outcome IS 'refused: it was not done, as the caller is not who they say, or may not, or as it failed';
CREATE INDEX acts_as_written ON auditlog.acts (xact, id);
CREATE INDEX acts_newest ON auditlog.acts (at, id);
CREATE INDEX acts_of_actor ON auditlog.acts (actor, at, id);
CREATE INDEX acts_by_action ON auditlog.acts (action, at, id); -- in the order of bytes, so that it serves beginnings too
CREATE INDEX acts_on_subject ON auditlog.acts (subject, at, id) WHERE subject IS NOT NULL;
CREATE INDEX acts_refused ON auditlog.acts (at, id) WHERE outcome = 'refused';

-- Whoever takes the server over must choose neither the time of an act nor its place.
GRANT SELECT ON auditlog.acts TO kontor_app;
GRANT INSERT (actor, user_id, network, user_agent, request_id, action, subject, before, after, outcome)
    ON auditlog.acts TO kontor_app;

CREATE FUNCTION auditlog.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on %.% refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER acts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON auditlog.acts
    FOR EACH STATEMENT EXECUTE FUNCTION auditlog.refuse_change();

CREATE TABLE auditlog.seals (
    seq           bigint      PRIMARY KEY CHECK (seq >= 1),
    act_id        bigint      NOT NULL UNIQUE,
    xact          bigint      NOT NULL,
    previous_hash bytea       NOT NULL UNIQUE CHECK (octet_length(previous_hash) = 32),
    hash          bytea       NOT NULL CHECK (octet_length(hash) = 32),
    sealed_at     timestamptz NOT NULL
);
COMMENT ON TABLE auditlog.seals IS
    'A chain of hashes over the acts, one link for each, in the order in which they became final. Append-only.';
COMMENT ON COLUMN auditlog.seals.seq IS 'from 1, without gaps';
COMMENT ON COLUMN auditlog.seals.act_id IS 'of auditlog.acts';
COMMENT ON COLUMN auditlog.seals.xact IS 'of the act: everything up to this (xact, act_id) is sealed';
COMMENT ON COLUMN auditlog.seals.previous_hash IS 'of the seal before; zeros for the first';
COMMENT ON COLUMN auditlog.seals.hash IS 'auditlog.seal_hash of this row and the digest of its act';
CREATE TRIGGER seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON auditlog.seals
    FOR EACH STATEMENT EXECUTE FUNCTION auditlog.refuse_change();
GRANT SELECT ON auditlog.seals TO kontor_app; -- written by auditlog.seal alone

-- What is hashed is PostgreSQL's binary form of the row: for each column its type, its length and its bytes.
CREATE VIEW auditlog.digests AS
SELECT id AS act_id, xact,
       sha256(record_send(ROW(id, at, xact, actor, user_id, network, user_agent, request_id, action, subject, before,
                              after, outcome))) AS digest
FROM auditlog.acts;
COMMENT ON VIEW auditlog.digests IS 'The SHA-256 of every act, as it is now.';
GRANT SELECT ON auditlog.digests TO kontor_app;

CREATE FUNCTION auditlog.seal_hash(seal auditlog.seals, digest bytea) RETURNS bytea
    LANGUAGE sql STABLE
    RETURN sha256(record_send(ROW((seal).seq, (seal).act_id, (seal).xact, (seal).previous_hash, (seal).sealed_at, digest)));
COMMENT ON FUNCTION auditlog.seal_hash IS 'The hash that a seal must have. digest: of its act.';

-- The server's role cannot write seals, but have the database write the next ones.
CREATE FUNCTION auditlog.seal(most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS
$$
DECLARE
    horizon bigint;
    seal    auditlog.seals;
    act     record;
    sealed  int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kontor.auditlog.seal'));
    -- From here on each statement sees what the one before us has sealed.
    SELECT * INTO seal FROM auditlog.seals ORDER BY seq DESC LIMIT 1;
    IF NOT FOUND THEN
        seal := (0, 0, -1, NULL, decode(repeat('00', 32), 'hex'), now());
    END IF;
    horizon := auditlog.xact_number(pg_snapshot_xmin(pg_current_snapshot()));
    IF horizon <= seal.xact THEN
        RAISE EXCEPTION 'database transactions count from % on, below the % that is sealed', horizon, seal.xact
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Was a dump loaded into another PostgreSQL? Let auditlog.xact_number add what the old one had reached.';
    END IF;
    FOR act IN
        SELECT act_id, xact, digest FROM auditlog.digests
        WHERE (xact, act_id) > (seal.xact, seal.act_id) AND xact < horizon
          -- One that is sealed already can only have been moved by force: the audit names it, and the others are sealed.
          AND NOT EXISTS (SELECT FROM auditlog.seals AS earlier WHERE earlier.act_id = digests.act_id)
        ORDER BY xact, act_id
        LIMIT most
    LOOP
        seal.seq := seal.seq + 1;
        seal.act_id := act.act_id;
        seal.xact := act.xact;
        seal.previous_hash := seal.hash;
        seal.sealed_at := clock_timestamp();
        seal.hash := auditlog.seal_hash(seal, act.digest);
        INSERT INTO auditlog.seals SELECT seal.*;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END
$$;
COMMENT ON FUNCTION auditlog.seal IS
    'Seals the oldest acts that are not sealed yet, at most so many. Returns how many there were; whoever seals at the '
    'same time waits and goes on behind.';
REVOKE EXECUTE ON FUNCTION auditlog.seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auditlog.seal TO kontor_app;
