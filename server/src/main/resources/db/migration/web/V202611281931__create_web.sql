CREATE SCHEMA web;
GRANT USAGE ON SCHEMA web TO kontor_app;

-- Unlogged: after a crash everybody starts with an untouched limit, and no request waits for a disk.
CREATE UNLOGGED TABLE web.rate_limits (
    caller     text   PRIMARY KEY CHECK (length(caller) BETWEEN 1 AND 100),
    state      bytea,
    expires_at bigint
);
COMMENT ON TABLE web.rate_limits IS
    'How much of their limit callers have used up on all servers together, with kontor.web.shared-limits on.';
COMMENT ON COLUMN web.rate_limits.caller IS 'user:17, or a guest''s address: guest:192.0.2.1';
COMMENT ON COLUMN web.rate_limits.state IS 'a bucket, in Bucket4j''s own form; NULL while it is being made';
COMMENT ON COLUMN web.rate_limits.expires_at IS 'milliseconds since 1970: from then on it would be full, and may go';
GRANT SELECT, INSERT, UPDATE, DELETE ON web.rate_limits TO kontor_app;
