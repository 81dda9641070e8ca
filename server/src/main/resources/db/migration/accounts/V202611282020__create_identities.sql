-- Whom somebody is elsewhere.
CREATE TABLE accounts.identities (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issuer        text        NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
    subject       text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    user_id       bigint      NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    login_name    text        CHECK (length(login_name) BETWEEN 1 AND 104 AND login_name = lower(login_name)),
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz,
    UNIQUE (issuer, subject)
);
COMMENT ON TABLE accounts.identities IS 'Whom users are elsewhere: at OpenID providers and in the directory. They log in with these.';
COMMENT ON COLUMN accounts.identities.issuer IS 'the provider''s iss, or ldap';
COMMENT ON COLUMN accounts.identities.subject IS
    'whom the issuer means, for good: sub, or the id that the directory gives its entries; never an address';
COMMENT ON COLUMN accounts.identities.login_name IS
    'the name that was typed at the last login, where names are typed; it tells their own browsers from others';
COMMENT ON COLUMN accounts.identities.last_login_at IS 'null for one that was linked and not used since';
CREATE INDEX identities_of_user ON accounts.identities (user_id);
GRANT SELECT, INSERT, DELETE ON accounts.identities TO kontor_app;
GRANT UPDATE (login_name, last_login_at) ON accounts.identities TO kontor_app;

-- Roles that an issuer gives go when it does not any more; those that were given here stay.
ALTER TABLE accounts.user_roles
    ADD COLUMN source text NOT NULL DEFAULT 'kontor' CHECK (length(source) BETWEEN 1 AND 500);
COMMENT ON COLUMN accounts.user_roles.source IS
    'kontor for what was given here; or the issuer who says so at every login, and takes it away by not saying so';
