-- Stock: what is there, what of it is promised, and to whom.

-- stock_is_not_oversold
-- What is reserved lies between nothing and what is on hand.
SELECT variant_id, location_id, on_hand, reserved
FROM inventory.levels
WHERE reserved < 0 OR reserved > on_hand;

-- reserved_is_what_is_held
-- What is reserved of an article is the sum of what is held for orders.
SELECT variant_id, location_id, coalesce(reserved, 0) AS reserved, coalesce(held, 0) AS held
FROM inventory.levels
FULL JOIN (
    SELECT variant_id, location_id, sum(quantity) AS held
    FROM inventory.holds
    WHERE state = 'held'
    GROUP BY variant_id, location_id
) AS hold USING (variant_id, location_id)
WHERE coalesce(reserved, 0) <> coalesce(held, 0);

-- on_hand_is_what_moved
-- What is on hand of an article is the sum of its movements.
SELECT variant_id, location_id, coalesce(on_hand, 0) AS on_hand, coalesce(moved, 0) AS moved
FROM inventory.levels
FULL JOIN (
    SELECT variant_id, location_id, sum(delta) AS moved
    FROM inventory.movements
    GROUP BY variant_id, location_id
) AS movement USING (variant_id, location_id)
WHERE coalesce(on_hand, 0) <> coalesce(moved, 0);

-- stock_is_held_for_open_orders
-- For every order placed here that waits to be shipped, exactly what was bought is held; for all others nothing is.
SELECT order_id, variant_id, bought, held
FROM (
    SELECT order_id, variant_id, quantity AS bought
    FROM orders.lines JOIN orders.orders ON orders.id = order_id
    WHERE variant_id IS NOT NULL AND source = 'api' AND status IN ('pending_payment', 'confirmed')
      AND fulfilment_status = 'unfulfilled'
) AS line
FULL JOIN (
    SELECT order_id, variant_id, quantity AS held
    FROM inventory.holds
    WHERE state = 'held'
      -- Of an order that is shipped in parts the rest is still held.
      AND NOT EXISTS (
          SELECT FROM orders.orders
          WHERE orders.id = holds.order_id AND status = 'confirmed' AND fulfilment_status = 'partially_fulfilled')
) AS hold USING (order_id, variant_id)
WHERE bought IS DISTINCT FROM held;

-- expired_holds_are_given_up
-- No stock is held for an unpaid order 5 minutes past its expiry, unless a gateway has not said yet what became of the
-- payment, or staff have been asked to find out.
SELECT order_id, variant_id, location_id, quantity, expires_at
FROM inventory.holds
JOIN orders.orders ON orders.id = order_id AND status = 'pending_payment'
WHERE state = 'held' AND expires_at IS NOT NULL
  -- Nobody could give it up while PostgreSQL was not there.
  AND greatest(expires_at, pg_postmaster_start_time()) < now() - interval '5 minutes'
  AND NOT EXISTS (
      SELECT FROM payments.operations
      WHERE operations.order_id = holds.order_id AND operations.state IN ('intent', 'unknown'))
  AND NOT EXISTS (
      SELECT FROM payments.work_items
      WHERE work_items.order_id = holds.order_id AND kind = 'unexpected_state' AND resolved_at IS NULL);

-- stock_and_lines_name_articles
-- Every line, hold, level and movement is about an article that exists.
SELECT source, variant_id, count(*) AS rows
FROM (
    SELECT 'orders.lines' AS source, variant_id FROM orders.lines WHERE variant_id IS NOT NULL
    UNION ALL SELECT 'inventory.holds', variant_id FROM inventory.holds
    UNION ALL SELECT 'inventory.levels', variant_id FROM inventory.levels
    UNION ALL SELECT 'inventory.movements', variant_id FROM inventory.movements
) AS child
WHERE NOT EXISTS (SELECT FROM catalog.variants WHERE variants.id = child.variant_id)
GROUP BY source, variant_id;
