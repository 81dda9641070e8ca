ALTER TABLE accounts.users
    ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN disabled_at       timestamptz,
    ADD COLUMN erased_at         timestamptz,
    ALTER COLUMN password_hash DROP NOT NULL;
COMMENT ON COLUMN accounts.users.email_verified_at IS 'when somebody showed that mail to the address reaches them';
COMMENT ON COLUMN accounts.users.disabled_at IS 'since when staff keep this user out';
COMMENT ON COLUMN accounts.users.erased_at IS 'when the person was taken out of the record; what they bought stays in the books';
COMMENT ON COLUMN accounts.users.password_hash IS 'Argon2id with its settings and salt; null for those who log in elsewhere only';

CREATE TABLE accounts.sessions (
    id               uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          bigint      NOT NULL REFERENCES accounts.users (id),
    kind             text        NOT NULL CHECK (kind IN ('token', 'cookie')),
    cookie_hash      bytea       UNIQUE CHECK (length(cookie_hash) = 32),
    seed             bytea       NOT NULL CHECK (length(seed) = 32),
    methods          text[]      NOT NULL CHECK (cardinality(methods) >= 1),
    network          text        NOT NULL CHECK (length(network) BETWEEN 1 AND 64),
    user_agent       text        CHECK (length(user_agent) <= 200),
    created_at       timestamptz NOT NULL DEFAULT now(),
    authenticated_at timestamptz NOT NULL DEFAULT now(),
    last_used_at     timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    end_reason       text        CHECK (length(end_reason) BETWEEN 1 AND 40),
    CHECK ((kind = 'cookie') = (cookie_hash IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK (expires_at > created_at)
);
COMMENT ON TABLE accounts.sessions IS 'Logins that go on: what access tokens, refresh tokens and cookies stand on.';
COMMENT ON COLUMN accounts.sessions.cookie_hash IS 'SHA-256 of what the browser''s cookie says';
COMMENT ON COLUMN accounts.sessions.seed IS
    'random; a refresh that is asked for again with its key gives the same token, which is made from this';
COMMENT ON COLUMN accounts.sessions.methods IS 'how the user showed who they are, in the words of RFC 8176';
COMMENT ON COLUMN accounts.sessions.authenticated_at IS 'when they last did so';
COMMENT ON COLUMN accounts.sessions.last_used_at IS 'to the minute';
COMMENT ON COLUMN accounts.sessions.expires_at IS 'its end, however much it is used';
CREATE INDEX sessions_of_user ON accounts.sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_end ON accounts.sessions (expires_at);
CREATE INDEX sessions_ended ON accounts.sessions (ended_at) WHERE ended_at IS NOT NULL;
GRANT SELECT, INSERT, DELETE ON accounts.sessions TO kontor_app;
GRANT UPDATE (methods, authenticated_at, last_used_at, ended_at, end_reason) ON accounts.sessions TO kontor_app;

CREATE TABLE accounts.refresh_tokens (
    hash       bytea       PRIMARY KEY CHECK (length(hash) = 32),
    session_id uuid        NOT NULL REFERENCES accounts.sessions (id) ON DELETE CASCADE,
    generation int         NOT NULL CHECK (generation >= 1),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    nonce_hash bytea       CHECK (length(nonce_hash) = 32),
    UNIQUE (session_id, generation),
    CHECK (expires_at > created_at),
    CHECK (nonce_hash IS NULL OR used_at IS NOT NULL)
);
COMMENT ON TABLE accounts.refresh_tokens IS
    'Each is good for one new access token and its own successor. One that comes again ends its session.';
COMMENT ON COLUMN accounts.refresh_tokens.hash IS 'SHA-256 of the token';
COMMENT ON COLUMN accounts.refresh_tokens.generation IS 'the first of a session is 1, each successor one more';
COMMENT ON COLUMN accounts.refresh_tokens.nonce_hash IS 'SHA-256 of the Idempotency-Key that it was used with';
CREATE INDEX refresh_tokens_by_end ON accounts.refresh_tokens (expires_at);
-- One token of a session can be used at a time.
CREATE UNIQUE INDEX refresh_tokens_unused ON accounts.refresh_tokens (session_id) WHERE used_at IS NULL;
GRANT SELECT, INSERT, DELETE ON accounts.refresh_tokens TO kontor_app;
GRANT UPDATE (used_at, nonce_hash) ON accounts.refresh_tokens TO kontor_app;

CREATE TABLE accounts.one_time_tokens (
    hash       bytea       PRIMARY KEY CHECK (length(hash) = 32),
    purpose    text        NOT NULL CHECK (purpose ~ '^[a-z_]{1,40}$'),
    user_id    bigint      REFERENCES accounts.users (id) ON DELETE CASCADE,
    content    text        CHECK (length(content) <= 4000),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CHECK (expires_at > created_at)
);
COMMENT ON TABLE accounts.one_time_tokens IS 'What is good once: links in mails, tickets between two steps of a login. Used by deleting it.';
COMMENT ON COLUMN accounts.one_time_tokens.hash IS 'SHA-256 of the token';
COMMENT ON COLUMN accounts.one_time_tokens.content IS 'what it is for, in the words of its purpose';
CREATE INDEX one_time_tokens_of_user ON accounts.one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_by_end ON accounts.one_time_tokens (expires_at);
GRANT SELECT, INSERT, DELETE ON accounts.one_time_tokens TO kontor_app;

CREATE TABLE accounts.devices (
    hash         bytea       PRIMARY KEY CHECK (length(hash) = 32),
    user_id      bigint      NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE accounts.devices IS 'Browsers that a user has logged in with. Strangers'' wrong guesses do not lock them out.';
COMMENT ON COLUMN accounts.devices.hash IS 'SHA-256 of what the browser''s cookie says';
CREATE INDEX devices_of_user ON accounts.devices (user_id, last_used_at);
GRANT SELECT, INSERT, DELETE ON accounts.devices TO kontor_app;
GRANT UPDATE (last_used_at) ON accounts.devices TO kontor_app;

CREATE TABLE accounts.tries (
    key     text        PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200),
    count   int         NOT NULL CHECK (count >= 1),
    since   timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE accounts.tries IS
    'Who has tried how often to get in, by account, network and device, whether or not there is such an account.';
COMMENT ON COLUMN accounts.tries.key IS 'account, device or factor with a SHA-256, or a network';
COMMENT ON COLUMN accounts.tries.count IS 'tries that have not succeeded; 1 for a network';
COMMENT ON COLUMN accounts.tries.since IS 'when the first of them was; for a network the last';
COMMENT ON COLUMN accounts.tries.next_at IS 'when the next try is let through; for a network when it owes none any more';
CREATE INDEX tries_by_age ON accounts.tries (since);
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.tries TO kontor_app;

ALTER TABLE accounts.signing_keys
    ADD COLUMN signs_from timestamptz NOT NULL DEFAULT now();
UPDATE accounts.signing_keys SET signs_from = created_at;
COMMENT ON TABLE accounts.signing_keys IS
    'The key pairs of access tokens, shared by all servers: the newest that may signs, all of them verify.';
COMMENT ON COLUMN accounts.signing_keys.signs_from IS
    'a new key is published for a while before it signs, so that everybody who verifies has seen it';
COMMENT ON COLUMN accounts.signing_keys.jwk IS 'RFC 7517, with the private half; sealed with a key from outside the database';
GRANT DELETE, UPDATE (jwk) ON accounts.signing_keys TO kontor_app;

CREATE TABLE accounts.hashing (
    memory_kib int NOT NULL CHECK (memory_kib > 0),
    lanes      int NOT NULL CHECK (lanes > 0),
    passes     int NOT NULL CHECK (passes > 0),
    PRIMARY KEY (memory_kib, lanes)
);
COMMENT ON TABLE accounts.hashing IS
    'How many passes Argon2 makes over so much memory: the most that any server has found to fit. Never fewer, so that an '
    'unknown account costs a guesser what every other does.';
GRANT SELECT, INSERT, UPDATE (passes) ON accounts.hashing TO kontor_app;
