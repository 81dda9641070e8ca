-- Those that staff look for: there are few of them, and an order that is confirmed at once never enters.
CREATE INDEX orders_open_or_cancelled ON orders.orders (status, id) WHERE status IN ('pending_payment', 'cancelled');
