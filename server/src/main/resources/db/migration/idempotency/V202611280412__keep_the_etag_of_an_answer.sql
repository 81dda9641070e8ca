ALTER TABLE idempotency.keys ADD COLUMN etag text;
COMMENT ON COLUMN idempotency.keys.etag IS 'of what was made or changed, as it was answered; NULL where there is none';
GRANT UPDATE (etag) ON idempotency.keys TO kontor_app;
