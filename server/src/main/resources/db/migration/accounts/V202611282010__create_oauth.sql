CREATE TABLE accounts.oauth_clients (
    id               uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    name             text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    secret_hash      bytea       UNIQUE CHECK (length(secret_hash) = 32),
    redirect_uris    text[]      NOT NULL CHECK (cardinality(redirect_uris) <= 20),
    grant_types      text[]      NOT NULL CHECK (
                                     grant_types <@ ARRAY['authorization_code', 'refresh_token', 'client_credentials']
                                     AND cardinality(grant_types) >= 1),
    scopes           text[]      NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 100),
    consent_required boolean     NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    disabled_at      timestamptz,
    CHECK (secret_hash IS NOT NULL OR NOT 'client_credentials' = ANY (grant_types)),
    CHECK (('authorization_code' = ANY (grant_types)) = (cardinality(redirect_uris) >= 1)),
    CHECK ('authorization_code' = ANY (grant_types) OR NOT 'refresh_token' = ANY (grant_types))
);
COMMENT ON TABLE accounts.oauth_clients IS
    'Programs of others that may ask for access tokens: on behalf of a user who lets them, or for themselves.';
COMMENT ON COLUMN accounts.oauth_clients.secret_hash IS
    'SHA-256 of the secret, which has 256 random bits; null for a public client, which can keep none';
COMMENT ON COLUMN accounts.oauth_clients.redirect_uris IS 'where users are sent back to; compared character by character';
COMMENT ON COLUMN accounts.oauth_clients.scopes IS 'openid, profile, email, and permissions such as orders:read';
COMMENT ON COLUMN accounts.oauth_clients.consent_required IS 'false for programs of one''s own, which ask nobody';
CREATE UNIQUE INDEX oauth_clients_name ON accounts.oauth_clients (lower(name)); -- no two look alike to who is asked
GRANT SELECT, INSERT, DELETE ON accounts.oauth_clients TO kontor_app;
GRANT UPDATE (name, secret_hash, redirect_uris, scopes, consent_required, disabled_at) ON accounts.oauth_clients TO kontor_app;

CREATE TABLE accounts.oauth_requests (
    id               uuid        PRIMARY KEY,
    client_id        uuid        NOT NULL REFERENCES accounts.oauth_clients (id) ON DELETE CASCADE,
    user_id          bigint      NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    session_id       uuid        NOT NULL REFERENCES accounts.sessions (id) ON DELETE CASCADE,
    redirect_uri     text        NOT NULL CHECK (length(redirect_uri) <= 2000),
    scopes           text[]      NOT NULL CHECK (cardinality(scopes) >= 1),
    state            text        CHECK (length(state) <= 2000),
    nonce            text        CHECK (length(nonce) <= 500),
    code_challenge   text        NOT NULL CHECK (length(code_challenge) = 43),
    authenticated_at timestamptz NOT NULL,
    methods          text[]      NOT NULL CHECK (cardinality(methods) >= 1),
    question_hash    bytea       UNIQUE CHECK (length(question_hash) = 32),
    code_hash        bytea       UNIQUE CHECK (length(code_hash) = 32),
    created_at       timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz NOT NULL,
    used_at          timestamptz,
    CHECK ((question_hash IS NULL) <> (code_hash IS NULL)),
    CHECK (used_at IS NULL OR code_hash IS NOT NULL)
);
COMMENT ON TABLE accounts.oauth_requests IS
    'What clients have asked users for: a question that waits for its answer, then a code that is good once, for a minute.';
COMMENT ON COLUMN accounts.oauth_requests.id IS 'also that of the session that the code opens';
COMMENT ON COLUMN accounts.oauth_requests.session_id IS 'the browser''s, in which the user let the client in';
COMMENT ON COLUMN accounts.oauth_requests.code_challenge IS 'base64url of the SHA-256 of the verifier (RFC 7636)';
COMMENT ON COLUMN accounts.oauth_requests.authenticated_at IS 'when the user had last shown who they are';
COMMENT ON COLUMN accounts.oauth_requests.question_hash IS 'SHA-256 of what the form of the consent page sends along';
COMMENT ON COLUMN accounts.oauth_requests.code_hash IS 'SHA-256 of the authorization code';
COMMENT ON COLUMN accounts.oauth_requests.used_at IS 'when the code was exchanged; one that comes again ends what it gave';
CREATE INDEX oauth_requests_by_end ON accounts.oauth_requests (expires_at);
CREATE INDEX oauth_requests_of_client ON accounts.oauth_requests (client_id);
CREATE INDEX oauth_requests_of_user ON accounts.oauth_requests (user_id);
CREATE INDEX oauth_requests_of_session ON accounts.oauth_requests (session_id);
GRANT SELECT, INSERT, DELETE ON accounts.oauth_requests TO kontor_app;
GRANT UPDATE (scopes, question_hash, code_hash, expires_at, used_at) ON accounts.oauth_requests TO kontor_app;

CREATE TABLE accounts.oauth_consents (
    user_id      bigint      NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    client_id    uuid        NOT NULL REFERENCES accounts.oauth_clients (id) ON DELETE CASCADE,
    scopes       text[]      NOT NULL CHECK (cardinality(scopes) >= 1),
    consented_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, client_id)
);
COMMENT ON TABLE accounts.oauth_consents IS 'What users let clients do on their behalf; they are not asked for it again.';
CREATE INDEX oauth_consents_of_client ON accounts.oauth_consents (client_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.oauth_consents TO kontor_app;

ALTER TABLE accounts.sessions
    DROP CONSTRAINT sessions_kind_check,
    ADD CONSTRAINT sessions_kind_check CHECK (kind IN ('token', 'cookie', 'oauth', 'client')),
    ALTER COLUMN user_id DROP NOT NULL,
    ADD COLUMN client_id uuid REFERENCES accounts.oauth_clients (id) ON DELETE CASCADE,
    ADD COLUMN scopes    text[] CHECK (cardinality(scopes) >= 1),
    ADD COLUMN opened_in uuid REFERENCES accounts.sessions (id) ON DELETE SET NULL,
    ADD CONSTRAINT sessions_user CHECK ((kind = 'client') = (user_id IS NULL)),
    ADD CONSTRAINT sessions_client CHECK ((kind IN ('oauth', 'client')) = (client_id IS NOT NULL)),
    ADD CONSTRAINT sessions_scopes CHECK ((client_id IS NULL) = (scopes IS NULL)),
    ADD CONSTRAINT sessions_opened_in CHECK (opened_in IS NULL OR kind = 'oauth');
COMMENT ON COLUMN accounts.sessions.kind IS
    'token: a program''s, cookie: a browser''s, oauth: that of a client on behalf of the user, client: a client''s own';
COMMENT ON COLUMN accounts.sessions.scopes IS 'what the client may do in it';
COMMENT ON COLUMN accounts.sessions.opened_in IS 'the browser''s session that the user let the client in from; both end together';
CREATE INDEX sessions_of_client ON accounts.sessions (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX sessions_opened_in_session ON accounts.sessions (opened_in) WHERE opened_in IS NOT NULL;
