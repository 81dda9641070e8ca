CREATE TABLE accounts.totp (
    user_id       bigint      PRIMARY KEY REFERENCES accounts.users (id) ON DELETE CASCADE,
    sealed_secret text        NOT NULL CHECK (sealed_secret LIKE 's1.%'),
    created_at    timestamptz NOT NULL DEFAULT now(),
    confirmed_at  timestamptz,
    last_step     bigint      CHECK (last_step > 0),
    last_used_at  timestamptz,
    CHECK ((confirmed_at IS NULL) = (last_step IS NULL)),
    CHECK ((confirmed_at IS NULL) = (last_used_at IS NULL))
);
COMMENT ON TABLE accounts.totp IS 'Authenticator apps: the secrets that their codes are made from (RFC 6238), one for each user.';
COMMENT ON COLUMN accounts.totp.sealed_secret IS '20 random bytes, sealed with a key that is not in the database';
COMMENT ON COLUMN accounts.totp.confirmed_at IS 'when the user showed a code of the app; before that it is no factor yet';
COMMENT ON COLUMN accounts.totp.last_step IS
    'the 30 seconds since 1970 whose code was used last: only codes of later ones are good';
GRANT SELECT, INSERT, DELETE ON accounts.totp TO kontor_app;
GRANT UPDATE (sealed_secret, created_at, confirmed_at, last_step, last_used_at) ON accounts.totp TO kontor_app;

CREATE TABLE accounts.recovery_codes (
    user_id    bigint      NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, hash)
);
COMMENT ON TABLE accounts.recovery_codes IS
    'For users who have lost their second factor. Each code is good once: it is used by deleting it.';
COMMENT ON COLUMN accounts.recovery_codes.hash IS 'SHA-256 of the code, which is 120 random bits';
GRANT SELECT, INSERT, DELETE ON accounts.recovery_codes TO kontor_app;

CREATE TABLE accounts.passkey_owners (
    user_id bigint PRIMARY KEY REFERENCES accounts.users (id) ON DELETE CASCADE,
    handle  bytea  NOT NULL UNIQUE CHECK (length(handle) = 32)
);
COMMENT ON TABLE accounts.passkey_owners IS 'What authenticators call our users.';
COMMENT ON COLUMN accounts.passkey_owners.handle IS 'random: an authenticator that is found tells nothing of its owner';
GRANT SELECT, INSERT, DELETE ON accounts.passkey_owners TO kontor_app;

CREATE TABLE accounts.passkeys (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint      NOT NULL REFERENCES accounts.passkey_owners (user_id) ON DELETE CASCADE,
    credential_id bytea       NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    credential    bytea       NOT NULL CHECK (length(credential) <= 4096),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    sign_count    bigint      NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    synced        boolean     NOT NULL,
    transports    text[]      NOT NULL DEFAULT '{}' CHECK (cardinality(transports) <= 10),
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz
);
COMMENT ON TABLE accounts.passkeys IS 'Public keys of users'' authenticators (WebAuthn), which keep the private halves.';
COMMENT ON COLUMN accounts.passkeys.credential_id IS 'what the authenticator calls it';
COMMENT ON COLUMN accounts.passkeys.credential IS 'attested credential data: the public key with its algorithm and the kind of authenticator';
COMMENT ON COLUMN accounts.passkeys.name IS 'what the user calls it';
COMMENT ON COLUMN accounts.passkeys.sign_count IS
    'how often the authenticator says to have signed, when last heard; one that goes back has a copy';
COMMENT ON COLUMN accounts.passkeys.synced IS 'it may be on several devices of its user';
CREATE INDEX passkeys_of_user ON accounts.passkeys (user_id);
GRANT SELECT, INSERT, DELETE ON accounts.passkeys TO kontor_app;
GRANT UPDATE (sign_count, last_used_at) ON accounts.passkeys TO kontor_app;
