CREATE SCHEMA secrets;
GRANT USAGE ON SCHEMA secrets TO kontor_app;

CREATE TABLE secrets.keys (
    id            text        PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    first_used_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE secrets.keys IS
    'Which sealing keys something in this database may be sealed with. The keys themselves are elsewhere.';
COMMENT ON COLUMN secrets.keys.id IS 'follows from the key; the second part of every sealed text';
GRANT SELECT, INSERT ON secrets.keys TO kontor_app;
