CREATE TABLE accounts.api_keys (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id             bigint      NOT NULL REFERENCES accounts.users (id),
    name                text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    hash                bytea       NOT NULL UNIQUE CHECK (length(hash) = 32),
    beginning           text        NOT NULL CHECK (beginning ~ '^kontor_[A-Za-z0-9_-]{4}$'),
    -- An array as text: elements of other shapes are quoted there, and NULL is in capitals.
    scopes              text[]      NOT NULL CHECK (
                                        cardinality(scopes) BETWEEN 1 AND 100
                                        AND scopes::text ~ '^\{[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*(,[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*)*\}$'),
    requests_per_second int         CHECK (requests_per_second BETWEEN 1 AND 10000),
    created_at          timestamptz NOT NULL DEFAULT now(),
    expires_at          timestamptz NOT NULL,
    last_used_at        timestamptz,
    last_used_network   text        CHECK (length(last_used_network) BETWEEN 1 AND 64),
    revoked_at          timestamptz,
    CHECK (expires_at > created_at),
    CHECK (expires_at - created_at <= interval '366 days'),
    CHECK ((last_used_at IS NULL) = (last_used_network IS NULL))
);
COMMENT ON TABLE accounts.api_keys IS
    'What users'' programs call with in place of a login: it may do what its scopes say and its user may do at that time.';
COMMENT ON COLUMN accounts.api_keys.user_id IS 'whose key it is';
COMMENT ON COLUMN accounts.api_keys.name IS 'what its user calls it';
COMMENT ON COLUMN accounts.api_keys.hash IS 'SHA-256 of the key, which has 256 random bits';
COMMENT ON COLUMN accounts.api_keys.beginning IS 'the key''s first characters, to recognise it by; the rest is nowhere';
COMMENT ON COLUMN accounts.api_keys.scopes IS 'such as orders:read';
COMMENT ON COLUMN accounts.api_keys.requests_per_second IS 'its rate limit, where that is below everybody''s';
COMMENT ON COLUMN accounts.api_keys.last_used_at IS 'to the minute';
COMMENT ON COLUMN accounts.api_keys.last_used_network IS 'the address it was used from then';
COMMENT ON COLUMN accounts.api_keys.revoked_at IS 'since when it is good no more, though its time is not over';
CREATE INDEX api_keys_of_user ON accounts.api_keys (user_id, id);
GRANT SELECT, INSERT, DELETE ON accounts.api_keys TO kontor_app;
GRANT UPDATE (last_used_at, last_used_network, revoked_at) ON accounts.api_keys TO kontor_app;
