-- What lets a user in depends on the settings: on the issuers that logins are taken from, and on the domain whose names only
-- the directory lets in. So whoever asks says them. The functions without them stay: for the servers of the release before,
-- and for the trigger, which knows no settings and is the last to look; it lets more pass than those who know them.
CREATE FUNCTION accounts.is_at(email text, domain text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(right(lower(email), length(domain) + 1) = '@' || lower(domain), false);
COMMENT ON FUNCTION accounts.is_at IS 'Whether an address is at this domain; none is where there is no domain.';
GRANT EXECUTE ON FUNCTION accounts.is_at TO kontor_app;

CREATE FUNCTION accounts.has_login(whose bigint, issuers text[], directory_domain text) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (
        SELECT FROM accounts.users
        WHERE users.id = whose
          AND (password_hash IS NOT NULL AND NOT (must_verify_email AND email_verified_at IS NULL)
                   AND NOT accounts.is_at(email, directory_domain)
               OR EXISTS (SELECT FROM accounts.passkeys WHERE user_id = whose)
               OR EXISTS (SELECT FROM accounts.identities WHERE user_id = whose AND issuer = ANY (issuers))));
COMMENT ON FUNCTION accounts.has_login IS
    'Whether a user has something to log in with, where logins are taken from these issuers and that domain is the directory''s.';
GRANT EXECUTE ON FUNCTION accounts.has_login TO kontor_app;

CREATE FUNCTION accounts.is_last_admin(whose bigint, issuers text[], directory_domain text) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM accounts.user_roles WHERE user_id = whose AND role = 'admin')
       AND NOT EXISTS (
           SELECT FROM accounts.user_roles JOIN accounts.users ON users.id = user_id
           WHERE role = 'admin' AND user_id <> whose AND disabled_at IS NULL AND erased_at IS NULL
             AND accounts.has_login(user_id, issuers, directory_domain));
COMMENT ON FUNCTION accounts.is_last_admin(bigint, text[], text) IS
    'Whether a user is an administrator and no other one can log in.';
GRANT EXECUTE ON FUNCTION accounts.is_last_admin(bigint, text[], text) TO kontor_app;

-- As before, but of those who are kept out only administrators are looked at: where no administrator can log in any more,
-- customers can still be disabled.
CREATE OR REPLACE FUNCTION accounts.keep_an_admin() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
BEGIN
    IF TG_TABLE_NAME = 'users' THEN
        IF NOT EXISTS (SELECT FROM accounts.user_roles WHERE user_id = NEW.id AND role = 'admin') THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM FROM accounts.roles WHERE name = 'admin' FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM accounts.user_roles WHERE role = 'admin' AND accounts.can_log_in(user_id)) THEN
        RAISE EXCEPTION 'the last administrator stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'last_admin';
    END IF;
    RETURN NULL;
END
$$;
