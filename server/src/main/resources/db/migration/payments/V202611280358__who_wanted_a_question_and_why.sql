ALTER TABLE payments.operations
    ADD COLUMN actor       text,
    ADD COLUMN request_key text,
    ADD COLUMN reason      text;
COMMENT ON COLUMN payments.operations.actor IS
    'who wanted a payment given up, for the order''s history: user:17, expiry; NULL for what belongs to placing an order';
COMMENT ON COLUMN payments.operations.request_key IS
    'the Idempotency-Key of the request that wanted it: its repetition finds what came of it';
COMMENT ON COLUMN payments.operations.reason IS 'why, in the words of who wanted it';
