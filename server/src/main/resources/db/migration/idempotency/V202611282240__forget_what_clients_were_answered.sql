-- What a client was answered that acts for a user stands under both, user:17 client:…, and is forgotten with the user's
-- own. In the order of bytes, so that the index serves this beginning in a database of any collation.
DROP INDEX idempotency.keys_answered;
CREATE INDEX keys_answered ON idempotency.keys (principal COLLATE "C") WHERE answer IS NOT NULL;

CREATE OR REPLACE FUNCTION idempotency.forget(whose text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS
$$
    DELETE FROM idempotency.keys
    WHERE (principal COLLATE "C" = whose
           OR (principal COLLATE "C" >= whose || ' client:' AND principal COLLATE "C" < whose || ' client;'))
      AND answer IS NOT NULL AND order_id IS NULL;
    UPDATE idempotency.keys SET status = NULL, location = NULL, etag = NULL, answer = NULL
    WHERE (principal COLLATE "C" = whose
           OR (principal COLLATE "C" >= whose || ' client:' AND principal COLLATE "C" < whose || ' client;'))
      AND answer IS NOT NULL;
$$;
COMMENT ON FUNCTION idempotency.forget IS
    'Takes away what was answered to this principal, and to clients that act for them.';
COMMENT ON COLUMN idempotency.keys.principal IS
    'whose key it is: user:17, user:17 client:… for a client that acts for them, key:5, client:…, guest:ann@example.org';
