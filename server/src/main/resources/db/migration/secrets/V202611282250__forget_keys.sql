ALTER TABLE secrets.keys ADD COLUMN noted_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN secrets.keys.noted_at IS
    'when a server has said last that it seals with this key; each says so at its start and every hour';
-- When everything was sealed anew with a newer key, and no server seals with the older one any more, that may go.
GRANT DELETE, UPDATE (noted_at) ON secrets.keys TO kontor_app;
