-- Staff edit roles, and say who has which. Roles that were made by SQL before are not held against the rules:.
ALTER TABLE accounts.roles
    ADD COLUMN description text        NOT NULL DEFAULT '',
    ADD COLUMN built_in    boolean     NOT NULL DEFAULT false,
    ADD COLUMN version     bigint      NOT NULL DEFAULT 1,
    ADD COLUMN created_at  timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at  timestamptz NOT NULL DEFAULT now(),
    ADD CHECK (name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length(name) <= 40),
    ADD CHECK (length(description) <= 500),
    ADD CHECK (version > 0),
    -- An array as text: elements of other shapes are quoted there, and NULL is in capitals.
    ADD CHECK (permissions::text ~ '^\{(\*|[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*(,[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*)*)?\}$'),
    ADD CHECK ((name = 'admin') = (permissions = '{*}')),
    -- Whoever opens an account gets this role.
    ADD CHECK (name <> 'customer' OR permissions = '{}');
COMMENT ON COLUMN accounts.roles.permissions IS 'such as orders:read; * stands for all, and only admin has it';
COMMENT ON COLUMN accounts.roles.description IS 'who should have it, for those who give roles';
COMMENT ON COLUMN accounts.roles.built_in IS 'comes with Kontor and cannot be deleted';
COMMENT ON COLUMN accounts.roles.version IS 'rises with every change; the ETag';

UPDATE accounts.roles SET built_in = true, description = 'Everybody who has opened an account' WHERE name = 'customer';
UPDATE accounts.roles SET built_in = true, description = 'May do everything' WHERE name = 'admin';
INSERT INTO accounts.roles (name, built_in, description, permissions) VALUES
    ('support', true, 'Answers customers: finds their orders and payments, and cancels orders',
     '{inventory:read,orders:cancel,orders:read,payments:read,users:read}'),
    ('warehouse', true, 'Counts stock, and sees what was ordered',
     '{inventory:read,inventory:write,orders:read}'),
    ('finance', true, 'Takes money and gives it back, and keeps the books',
     '{audit:read,finance:read,finance:write,orders:capture,orders:read,orders:refund,payments:read,payments:record,payments:review}'),
    ('catalog', true, 'Edits products and prices',
     '{catalog:write,inventory:read}')
ON CONFLICT (name) DO UPDATE SET built_in = true, description = EXCLUDED.description; -- one of that name stays as it was made

GRANT INSERT (name, description, permissions), UPDATE (description, permissions, version, updated_at), DELETE
    ON accounts.roles TO kontor_app;

-- There is always somebody who may do everything. Whoever takes that role from somebody waits here for others who do so
-- too, and then sees what they have left.
CREATE FUNCTION accounts.keep_an_admin() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS
$$
BEGIN
    PERFORM FROM accounts.roles WHERE name = 'admin' FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM accounts.user_roles WHERE role = 'admin') THEN
        RAISE EXCEPTION 'the last administrator keeps the role'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'last_admin';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER user_roles_keep_an_admin AFTER DELETE ON accounts.user_roles
    FOR EACH ROW WHEN (OLD.role = 'admin') EXECUTE FUNCTION accounts.keep_an_admin();
