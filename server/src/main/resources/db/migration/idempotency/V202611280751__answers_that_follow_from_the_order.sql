COMMENT ON COLUMN idempotency.keys.status IS
    'of the answer; NULL while the request still waits for a gateway, and for an order that was confirmed: its answer follows from the order';
