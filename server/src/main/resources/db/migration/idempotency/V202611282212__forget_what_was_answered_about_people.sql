-- Staff invite people and cancel their orders. What they are answered repeats names and addresses, under keys of theirs.
CREATE FUNCTION idempotency.subject_of(route text, location text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN location LIKE '/users/%' OR location LIKE '/orders/%'
            THEN split_part(location, '/', 2) || '/' || split_part(location, '/', 3)
        WHEN split_part(route, '/', 2) IN ('users', 'orders') AND split_part(route, '/', 3) <> ''
            THEN split_part(route, '/', 2) || '/' || split_part(route, '/', 3)
    END;
COMMENT ON FUNCTION idempotency.subject_of IS 'users/17 or orders/5, when that is what a request has made or was about; a refund of order 5 is about the order.';
GRANT EXECUTE ON FUNCTION idempotency.subject_of TO kontor_app;
CREATE INDEX keys_answered_about ON idempotency.keys (idempotency.subject_of(route, location))
    WHERE answer IS NOT NULL AND idempotency.subject_of(route, location) IS NOT NULL;

-- As idempotency.forget: a key that made an order stays, without its answer.
CREATE FUNCTION idempotency.forget_about(subjects text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS
$$
    DELETE FROM idempotency.keys
    WHERE idempotency.subject_of(route, location) = ANY (subjects) AND answer IS NOT NULL AND order_id IS NULL;
    UPDATE idempotency.keys SET status = NULL, location = NULL, etag = NULL, answer = NULL
    WHERE idempotency.subject_of(route, location) = ANY (subjects) AND answer IS NOT NULL;
$$;
COMMENT ON FUNCTION idempotency.forget_about IS 'Takes away what was answered to anybody about these: users/17, orders/5.';
REVOKE EXECUTE ON FUNCTION idempotency.forget_about FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.forget_about TO kontor_app;
