-- Answers repeat what somebody sent: names and addresses. Only of answers that are kept, which those of most orders are not.
CREATE INDEX keys_answered ON idempotency.keys (principal) WHERE answer IS NOT NULL;

-- The server's role cannot delete keys, but have the database forget a person's. A key that made an order stays, as the
-- order does, and its answer follows from that.
CREATE FUNCTION idempotency.forget(whose text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS
$$
    DELETE FROM idempotency.keys WHERE principal = whose AND answer IS NOT NULL AND order_id IS NULL;
    UPDATE idempotency.keys SET status = NULL, location = NULL, etag = NULL, answer = NULL
    WHERE principal = whose AND answer IS NOT NULL;
$$;
COMMENT ON FUNCTION idempotency.forget IS 'Takes away what was answered to this principal.';
REVOKE EXECUTE ON FUNCTION idempotency.forget FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.forget TO kontor_app;
