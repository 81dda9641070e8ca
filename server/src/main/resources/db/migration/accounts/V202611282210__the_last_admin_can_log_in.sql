-- An administrator who was invited and has not come yet, or does not read the mail of their address, keeps nobody's shop open.
CREATE FUNCTION accounts.can_log_in(whose bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (
        SELECT FROM accounts.users
        WHERE users.id = whose AND disabled_at IS NULL AND erased_at IS NULL
          AND (password_hash IS NOT NULL AND NOT (must_verify_email AND email_verified_at IS NULL)
               OR EXISTS (SELECT FROM accounts.passkeys WHERE user_id = whose)
               OR EXISTS (SELECT FROM accounts.identities WHERE user_id = whose)));
COMMENT ON FUNCTION accounts.can_log_in IS 'Whether a user is let in and has something to log in with.';
GRANT EXECUTE ON FUNCTION accounts.can_log_in TO kontor_app;

CREATE FUNCTION accounts.is_last_admin(whose bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM accounts.user_roles WHERE user_id = whose AND role = 'admin')
       AND NOT EXISTS (
           SELECT FROM accounts.user_roles
           WHERE role = 'admin' AND user_id <> whose AND accounts.can_log_in(user_id));
COMMENT ON FUNCTION accounts.is_last_admin IS 'Whether a user is an administrator and no other one can log in.';
GRANT EXECUTE ON FUNCTION accounts.is_last_admin TO kontor_app;

-- As before, but somebody who has nothing to log in with counts no more.
CREATE OR REPLACE FUNCTION accounts.keep_an_admin() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
BEGIN
    PERFORM FROM accounts.roles WHERE name = 'admin' FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM accounts.user_roles WHERE role = 'admin' AND accounts.can_log_in(user_id)) THEN
        RAISE EXCEPTION 'the last administrator stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'last_admin';
    END IF;
    RETURN NULL;
END
$$;
