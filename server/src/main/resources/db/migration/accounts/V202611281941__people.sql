ALTER TABLE accounts.users
    ADD COLUMN version           bigint  NOT NULL DEFAULT 1 CHECK (version >= 1),
    ADD COLUMN locale            text    CHECK (locale ~ '^[A-Za-z0-9-]{2,35}$'),
    ADD COLUMN time_zone         text    CHECK (time_zone ~ '^[A-Za-z0-9_+/-]{1,64}$'),
    ADD COLUMN must_verify_email boolean NOT NULL DEFAULT false,
    -- Of somebody who was erased nothing is left that says who they were.
    ADD CONSTRAINT users_erased CHECK (erased_at IS NULL
        OR (name = 'Erased' AND email = 'erased:' || id AND password_hash IS NULL AND email_verified_at IS NULL
            AND locale IS NULL AND time_zone IS NULL));
CREATE INDEX users_gone ON accounts.users (id) WHERE erased_at IS NOT NULL;
COMMENT ON COLUMN accounts.users.version IS 'rises with every change of the profile; the ETag';
COMMENT ON COLUMN accounts.users.locale IS 'BCP 47, such as de-CH';
COMMENT ON COLUMN accounts.users.time_zone IS 'IANA, such as Europe/Berlin';
COMMENT ON COLUMN accounts.users.must_verify_email IS
    'nobody logs in with the password before email_verified_at; set when the account is opened, so that a changed setting locks nobody out';
COMMENT ON COLUMN accounts.users.email IS
    'as it was given; ASCII, and unique whatever its case; erased:17 for somebody who was erased';

CREATE TABLE accounts.mail_requests (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text        NOT NULL CHECK (kind IN ('reset_password', 'verify_email')),
    email      text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE accounts.mail_requests IS
    'Wishes to be sent a mail, until a job has looked whether there is such an account: who asks cannot tell by the time it takes.';
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts.mail_requests TO kontor_app; -- whoever locks a row must be able to update it

-- As before, but somebody who cannot log in counts no more, and keeping somebody out is watched as taking the role is.
CREATE OR REPLACE FUNCTION accounts.keep_an_admin() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
BEGIN
    PERFORM FROM accounts.roles WHERE name = 'admin' FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM accounts.user_roles JOIN accounts.users ON users.id = user_id
                   WHERE role = 'admin' AND disabled_at IS NULL AND erased_at IS NULL) THEN
        RAISE EXCEPTION 'the last administrator stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'last_admin';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER users_keep_an_admin AFTER UPDATE OF disabled_at ON accounts.users
    FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION accounts.keep_an_admin();
