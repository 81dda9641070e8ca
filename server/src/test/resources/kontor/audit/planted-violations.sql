-- What the invariants must catch: each paragraph names the one that does, and breaks a sound shop just so much.
-- Where the database itself would refuse, its guard is taken away first, and guards_are_in_place notices that.
-- The orders to be broken are picked from those that are there:

-- picks
CREATE TEMP TABLE picked ON COMMIT DROP AS
SELECT (SELECT max(id) FROM orders.orders WHERE status = 'confirmed' AND payment_status = 'open' AND shipping > 0) AS open,
       (SELECT max(orders.id) FROM orders.orders JOIN payments.payments ON order_id = orders.id
        WHERE orders.status = 'confirmed' AND payment_status = 'paid' AND total > 0 AND captured = total
          AND disputed = 0 AND EXISTS (
              SELECT FROM payments.operations WHERE operations.order_id = orders.id AND kind = 'authorize' AND captures)) AS paid,
       (SELECT max(id) FROM orders.orders WHERE status = 'confirmed' AND payment_status = 'paid' AND total = 0) AS free,
       (SELECT max(id) FROM orders.orders WHERE status = 'pending_payment') AS pending,
       (SELECT max(id) FROM orders.orders WHERE status = 'cancelled' AND payment_status = 'failed') AS declined,
       (SELECT max(order_id) FROM orders.orders JOIN payments.payments ON order_id = orders.id
        WHERE method = 'invoice' AND payments.status = 'voided' AND orders.status = 'cancelled' AND replaced = 0) AS called_off,
       (SELECT max(orders.id) FROM orders.orders JOIN payments.payments ON order_id = orders.id
        JOIN orders.refunds ON refunds.order_id = orders.id
        WHERE payment_status = 'partially_refunded' AND method = 'card'
          AND NOT EXISTS (SELECT FROM payments.payments AS invoice WHERE invoice.order_id = orders.id AND method = 'invoice'))
           AS part_refunded,
       (SELECT max(order_id) FROM ledger.transactions WHERE kind = 'refund_reversal') AS returned,
       (SELECT min(order_id) FROM payments.operations
        WHERE kind = 'refund' AND state = 'succeeded' AND gateway = 'stripe') AS refunded,
       (SELECT max(order_id) FROM payments.disputes WHERE status = 'open' AND withdrawn) AS disputed,
       (SELECT max(id) FROM orders.credits WHERE order_id IS NOT NULL AND given_as = 'bank') AS credit,
       (SELECT max(id) FROM orders.credits WHERE order_id IS NULL AND given_as = 'bank') AS customers_credit;
CREATE FUNCTION pg_temp.post(order_id bigint, source_type text, source_id bigint, kind text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ledger.transactions VALUES (-1, order_id, source_type, source_id, kind, now());
    INSERT INTO ledger.entries VALUES (-1, 1, 'gateway_fees', 'GBP', 5), (-1, 2, 'gateway_fees', 'GBP', -5);
$$;
CREATE FUNCTION pg_temp.release(released bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE inventory.levels SET reserved = reserved - quantity
    FROM inventory.holds WHERE order_id = released AND levels.variant_id = holds.variant_id AND state = 'held';
    UPDATE inventory.holds SET state = 'released' WHERE order_id = released;
$$;
CREATE FUNCTION pg_temp.let_go(ended bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE orders.holdings
    SET unpaid_orders = unpaid_orders - 1, held_units = held_units - (SELECT sum(quantity) FROM orders.lines WHERE order_id = ended)
    FROM orders.orders WHERE orders.id = ended AND holdings.customer_id = orders.customer_id;
$$;
CREATE FUNCTION pg_temp.somebody_erased() RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO accounts.users (id, name, email, erased_at) VALUES (900000000, 'Erased', 'erased:900000000', now()) RETURNING id;
$$;
SELECT pg_advisory_xact_lock(hashtext('kontor.ledger.seal')); -- the server waits with its seals until this is rolled back
SELECT pg_advisory_xact_lock(hashtext('kontor.auditlog.seal')), auditlog.seal(1000000);
DELETE FROM ledger.seals; -- the books are not sealed yet: what is planted there is for others to notice
DELETE FROM ledger.sealed;
DELETE FROM ledger.balances;
CREATE SCHEMA yesterday;
CREATE FUNCTION yesterday.pg_postmaster_start_time() RETURNS timestamptz RETURN now() - interval '1 day';
SET LOCAL search_path = yesterday, pg_catalog, public; -- nobody can say that PostgreSQL was not there

-- ledger_transactions_balance: a penny appears
INSERT INTO ledger.entries SELECT max(id), 99, 'gateway_fees', 'GBP', 1 FROM ledger.transactions;

-- ledger_transactions_have_two_sides: a transaction without entries
INSERT INTO ledger.transactions SELECT -1, open, 'order', open, 'credit', now() FROM picked;

-- ledger_transactions_have_two_sides: entries without a transaction
INSERT INTO ledger.entries VALUES (-1, 1, 'gateway_fees', 'GBP', 5), (-1, 2, 'gateway_fees', 'GBP', -5);

-- ledger_transactions_have_two_sides: an entry over nothing (without its guard)
ALTER TABLE ledger.entries DROP CONSTRAINT entries_amount_check;
INSERT INTO ledger.entries SELECT max(id), 99, 'gateway_fees', 'GBP', 0 FROM ledger.transactions;

-- ledger_accounts_exist: money goes to a pocket
INSERT INTO ledger.entries SELECT max(id), 98, 'pocket', 'GBP', 5 FROM ledger.transactions;
INSERT INTO ledger.entries SELECT max(id), 99, 'pocket', 'GBP', -5 FROM ledger.transactions;

-- ledger_posts_each_fact_once: the same fact twice (without its guard)
ALTER TABLE ledger.transactions DROP CONSTRAINT transactions_order_id_source_type_source_id_kind_key;
SELECT pg_temp.post(open, 'order', open, 'invoice') FROM picked;

-- ledger_keeps_to_the_orders_currency: booked in euros
INSERT INTO ledger.entries SELECT max(id), 98, 'gateway_fees', 'EUR', 5 FROM ledger.transactions;
INSERT INTO ledger.entries SELECT max(id), 99, 'gateway_fees', 'EUR', -5 FROM ledger.transactions;

-- ledger_books_what_happened: captured by an operation that failed
SELECT pg_temp.post(order_id, 'operation', max(id), 'capture') FROM payments.operations JOIN picked ON order_id = declined
GROUP BY order_id;

-- ledger_books_what_happened: captured by an operation that is not there
SELECT pg_temp.post(paid, 'operation', -1, 'capture') FROM picked;

-- ledger_books_what_happened: refunded by an operation that captured
SELECT pg_temp.post(order_id, 'operation', max(id), 'refund') FROM payments.operations JOIN picked ON order_id = paid
WHERE kind = 'authorize' GROUP BY order_id;

-- ledger_books_what_happened: another order's invoice
SELECT pg_temp.post(open, 'order', paid, 'credit') FROM picked;

-- ledger_books_what_happened: a credit that was never given
SELECT pg_temp.post(open, 'import', -1, 'credit') FROM picked;

-- ledger_books_what_happened: another order's credit
SELECT pg_temp.post(open, 'import', credit, 'cancellation') FROM picked;

-- adjustments_are_booked: posted by hand, and nobody wrote down why
INSERT INTO ledger.transactions VALUES (-1, NULL, 'adjustment', -1, 'write_off', now());
INSERT INTO ledger.entries VALUES (-1, 1, 'write_offs', 'GBP', 5), (-1, 2, 'suspense', 'GBP', -5);

-- adjustments_are_booked: a note without a posting
INSERT INTO ledger.adjustments VALUES (-1, 'why', 'user:1');

-- adjustments_are_booked: a sale that was posted by hand
INSERT INTO ledger.adjustments VALUES (-1, 'why', 'user:1');
INSERT INTO ledger.transactions VALUES (-1, NULL, 'adjustment', -1, 'invoice', now());
INSERT INTO ledger.entries VALUES (-1, 1, 'write_offs', 'GBP', 5), (-1, 2, 'suspense', 'GBP', -5);

-- ledger_balances_are_sums: a penny more than was posted
SELECT ledger.seal(1000000);
UPDATE ledger.balances SET debits = debits + 1 WHERE account = 'revenue';

-- ledger_balances_are_sums: what was posted and is not counted
SELECT ledger.seal(1000000);
DELETE FROM ledger.balances WHERE account = 'revenue';

-- ledger_balances_are_sums: a balance of nothing
SELECT ledger.seal(1000000);
INSERT INTO ledger.balances VALUES ('bank', 'JPY', 5, 0);

-- ledger_is_as_it_was_sealed: a sealed transaction is said to be of another day
SELECT ledger.seal(1000000);
UPDATE ledger.transactions SET posted_at = posted_at - interval '1 day' FROM picked WHERE order_id = paid;

-- ledger_is_as_it_was_sealed: two sides of a sealed transaction have changed their places
SELECT ledger.seal(1000000);
UPDATE ledger.entries SET line = line + 50
FROM ledger.transactions, picked WHERE transaction_id = id AND order_id = paid AND line = 1;

-- ledger_is_as_it_was_sealed: a transaction with the number of one that was sealed long ago
SELECT ledger.seal(1000000);
INSERT INTO ledger.adjustments VALUES (-1, 'why', 'user:1');
INSERT INTO ledger.transactions VALUES (-1, NULL, 'adjustment', -1, 'write_off', now(), 1);
INSERT INTO ledger.entries VALUES (-1, 1, 'write_offs', 'GBP', 5), (-1, 2, 'suspense', 'GBP', -5);

-- ledger_is_as_it_was_sealed: a sealed transaction is not there any more
INSERT INTO ledger.seals SELECT 1, decode(repeat('00', 32), 'hex'), sha256(''), 1, 1, 1, now();
INSERT INTO ledger.sealed VALUES (-1, 1, sha256(''));
UPDATE ledger.seals SET hash = ledger.seal_hash(seals, sha256(''));

-- ledger_seals_are_a_chain: a digest was forged along with what it is of
SELECT ledger.seal(1000000);
UPDATE ledger.transactions SET posted_at = posted_at - interval '1 day' FROM picked WHERE order_id = paid;
UPDATE ledger.sealed SET digest = digests.digest FROM ledger.digests WHERE digests.transaction_id = sealed.transaction_id;

-- ledger_seals_are_a_chain: the hash was forged, too, and the next seal does not carry it
SELECT ledger.seal(1), ledger.seal(1000000);
UPDATE ledger.seals SET sealed_at = sealed_at - interval '1 day' WHERE seq = 1;
UPDATE ledger.seals SET hash = ledger.seal_hash(seals, (SELECT digest FROM ledger.sealed WHERE sealed.seq = 1)) WHERE seq = 1;

-- ledger_seals_are_a_chain: the first seal is gone
SELECT ledger.seal(1), ledger.seal(1000000);
DELETE FROM ledger.seals WHERE seq = 1;

-- ledger_seals_are_a_chain: a number was left out
SELECT ledger.seal(1000000);
UPDATE ledger.seals SET seq = 2;
UPDATE ledger.sealed SET seq = 2;
UPDATE ledger.seals
SET hash = ledger.seal_hash(seals, (SELECT string_agg(digest, '' ORDER BY transaction_id) FROM ledger.sealed));

-- audit_log_chain_is_unbroken: another is said to have done it
UPDATE auditlog.acts SET actor = 'user:999' WHERE id = (SELECT act_id FROM auditlog.seals WHERE seq = 2);

-- audit_log_chain_is_unbroken: an act is not there any more
DELETE FROM auditlog.acts WHERE id = (SELECT act_id FROM auditlog.seals WHERE seq = 2);

-- audit_log_chain_is_unbroken: an act and its seal are not there any more
DELETE FROM auditlog.acts WHERE id = (SELECT act_id FROM auditlog.seals WHERE seq = 2);
DELETE FROM auditlog.seals WHERE seq = 2;

-- audit_log_chain_is_unbroken: an act was put in among those that are sealed
INSERT INTO auditlog.acts (id, xact, actor, action, outcome) OVERRIDING SYSTEM VALUE
VALUES (-1, 1, 'user:1', 'users.disable', 'done');

-- audit_log_chain_is_unbroken: the seal was forged, too, and the next one does not carry it
UPDATE auditlog.acts SET actor = 'user:999' WHERE id = (SELECT act_id FROM auditlog.seals WHERE seq = 2);
UPDATE auditlog.seals
SET hash = auditlog.seal_hash(seals, (SELECT digest FROM auditlog.digests WHERE digests.act_id = seals.act_id))
WHERE seq = 2;

-- audit_log_chain_is_unbroken: the first seal is gone
DELETE FROM auditlog.seals WHERE seq = 1;

-- payments_belong_to_one_order: two orders share a payment
INSERT INTO payments.payments (order_id, id, method, gateway, currency, amount, status)
SELECT orders.id, payments.id, 'card', 'stripe', orders.currency, orders.total, 'failed'
FROM payments.payments JOIN picked ON order_id = declined JOIN orders.orders ON orders.id = called_off;

-- operations_have_their_payments: a question about no payment
INSERT INTO payments.operations (order_id, payment_id, id, kind, state, gateway, currency, amount)
SELECT paid, -1, -1, 'void', 'failed', 'stripe', 'GBP', 1 FROM picked;

-- one_live_payment_for_each_order: paid twice (without its guard)
DROP INDEX payments.payments_one_invoice;
INSERT INTO payments.payments (order_id, id, method, currency, amount, status)
SELECT free, -each, 'invoice', 'GBP', 0, 'captured' FROM picked, generate_series(1, 2) AS each;

-- one_question_at_a_time: two calls to void at once (without its guard)
DROP INDEX payments.operations_one_live;
INSERT INTO payments.operations (order_id, payment_id, id, kind, state, gateway, currency, amount)
SELECT order_id, payments.id, -each, 'void', 'intent', 'stripe', currency, amount
FROM payments.payments JOIN picked ON order_id = pending, generate_series(1, 2) AS each;

-- payments_stay_within_bounds: more taken in its place than was asked (without its guard)
ALTER TABLE payments.payments DROP CONSTRAINT payments_captured_within_amount;
UPDATE payments.payments SET replaced = amount + 1 FROM picked WHERE order_id = called_off;

-- payments_ask_for_the_total: a penny too much
UPDATE payments.payments SET amount = amount + 1 FROM picked WHERE order_id = called_off;

-- payments_ask_for_the_total: the gateway was asked for a penny more
UPDATE payments.operations SET amount = amount + 1 FROM picked WHERE order_id = declined;

-- currencies_agree: a payment in euros
UPDATE payments.payments SET currency = 'EUR' FROM picked WHERE order_id = called_off;

-- currencies_agree: a question in euros
UPDATE payments.operations SET currency = 'EUR' FROM picked WHERE order_id = declined;

-- captured_is_what_operations_took: the gateway took a penny less
UPDATE payments.operations SET amount = amount - 1 FROM picked WHERE order_id = paid;

-- operations_are_booked: a refund that nobody booked, though the books show the money as gone
UPDATE ledger.transactions SET source_type = 'order', source_id = order_id
FROM picked WHERE order_id = part_refunded AND kind = 'refund';

-- operations_are_booked: a refund that came back, and nobody booked that of it
UPDATE ledger.transactions SET source_type = 'order', source_id = order_id
FROM picked WHERE order_id = returned AND kind = 'refund_reversal';

-- invoices_count_what_took_their_place: a penny that nobody paid
UPDATE payments.payments SET replaced = replaced + 1 FROM picked WHERE order_id = called_off;

-- orders_take_no_more_than_they_come_to: paid a second time, and booked as sold a second time
INSERT INTO payments.payments (order_id, id, method, gateway, currency, amount, status, captured)
SELECT order_id, -7, 'card', gateway, currency, amount, 'captured', captured
FROM payments.payments JOIN picked ON order_id = paid;
INSERT INTO payments.operations (order_id, payment_id, id, kind, state, gateway, currency, amount, captures)
SELECT order_id, -7, -7, 'authorize', 'succeeded', gateway, currency, amount, true
FROM payments.payments JOIN picked ON order_id = paid WHERE payments.id = -7;
INSERT INTO ledger.transactions SELECT -1, paid, 'operation', -7, 'capture', now() FROM picked;
INSERT INTO ledger.entries
SELECT -1, line, account, currency, amount
FROM ledger.entries JOIN ledger.transactions ON transactions.id = transaction_id JOIN picked ON order_id = paid
WHERE transaction_id <> -1;

-- payments_have_their_own_references: two orders are paid with one
UPDATE payments.payments SET gateway_reference = 'pi_twice' FROM picked WHERE order_id IN (paid, picked.disputed);

-- payments_have_their_own_references: one refund counts twice
UPDATE payments.operations SET own_reference = 're_twice'
FROM picked WHERE kind = 'refund' AND state = 'succeeded' AND order_id IN (part_refunded, refunded);

-- what_is_under_way_is_set_aside: a refund is under way, and nobody is asked
UPDATE payments.payments SET refunding = 1 FROM picked WHERE order_id = paid;

-- what_is_under_way_is_set_aside: an invoice waits for a payment that is not there
UPDATE payments.payments SET capturing = 1 FROM picked WHERE order_id = open;

-- late_money_goes_back: held, and nobody was told
UPDATE payments.payments SET status = 'authorized', late = true FROM picked WHERE order_id = declined;

-- disputes_are_booked: a dispute is won that the books still show as open
UPDATE payments.disputes SET withdrawn = false, movements = 2 FROM picked WHERE order_id = disputed;

-- disputes_are_booked: lost, and not booked as a loss
UPDATE payments.disputes SET status = 'lost' FROM picked WHERE order_id = disputed;

-- movements_of_disputes_are_booked: given back and taken again, and the books know of the first time only
UPDATE payments.disputes SET movements = 3 FROM picked WHERE order_id = disputed;

-- movements_of_disputes_are_booked: booked as taken again, and it never was before
UPDATE ledger.transactions SET kind = 'dispute_again'
FROM picked WHERE order_id = disputed AND source_type = 'dispute' AND kind = 'dispute';

-- refunds_are_paid_out: it says that it failed
UPDATE orders.refunds SET state = 'pending', completed_at = NULL FROM picked WHERE order_id = part_refunded;

-- refunds_are_paid_out: over more than was paid out
UPDATE orders.refunds SET amount = amount + 1, goods = goods + 1 FROM picked WHERE order_id = part_refunded;

-- ledger_books_what_happened: a dispute that there was not
SELECT pg_temp.post(paid, 'dispute', -1, 'dispute') FROM picked;

-- money_is_booked: the gateway's money is booked as the bank's
UPDATE ledger.entries SET account = 'bank'
FROM ledger.transactions, picked WHERE transaction_id = id AND order_id = paid AND account = 'gateway_clearing';

-- money_is_booked: an open invoice that nobody owes
UPDATE ledger.entries SET account = 'customer_credit'
FROM ledger.transactions, picked WHERE transaction_id = id AND order_id = open AND account = 'receivables';

-- money_is_booked: an invoice was paid, and not into our bank
UPDATE ledger.entries SET account = 'gateway_clearing'
FROM ledger.transactions
WHERE transaction_id = id AND account = 'bank'
  AND order_id = (SELECT max(order_id) FROM ledger.transactions WHERE kind = 'payment' AND source_type = 'operation');

-- sales_are_booked: sold, and booked as fees
UPDATE ledger.entries SET account = 'gateway_fees'
FROM ledger.transactions, picked WHERE transaction_id = id AND order_id = paid AND account = 'revenue';

-- sales_are_booked: shipping booked as revenue
UPDATE ledger.entries SET account = 'revenue'
FROM ledger.transactions, picked WHERE transaction_id = id AND order_id = open AND account = 'shipping_revenue';

-- sales_are_booked: a tax that nobody was charged
INSERT INTO ledger.entries
SELECT max(id), line, CASE line WHEN 98 THEN 'tax_payable' ELSE 'gateway_fees' END, 'GBP', (line - 98) * 2 - 1
FROM ledger.transactions JOIN picked ON order_id = paid, generate_series(98, 99) AS line GROUP BY line;

-- sales_are_booked: revenue of an order that was called off
INSERT INTO ledger.entries
SELECT max(id), line, CASE line WHEN 98 THEN 'revenue' ELSE 'gateway_fees' END, 'GBP', (line - 98) * 2 - 1
FROM ledger.transactions JOIN picked ON order_id = called_off, generate_series(98, 99) AS line GROUP BY line;

-- orders_are_paid_as_they_say: confirmed without a payment
UPDATE payments.payments SET status = 'failed' FROM picked WHERE order_id = free;

-- orders_are_paid_as_they_say: paid, says the order; open, says its invoice
UPDATE orders.orders SET payment_status = 'paid' FROM picked WHERE id = open;
UPDATE orders.history SET payment_status = 'paid' FROM picked WHERE order_id = open;
SELECT pg_temp.let_go(open) FROM picked;

-- orders_are_paid_as_they_say: cancelled, and the money kept
UPDATE orders.orders SET status = 'cancelled' FROM picked WHERE id = paid;
UPDATE orders.history SET status = 'cancelled' FROM picked WHERE order_id = paid AND version = 2;
SELECT pg_temp.release(paid) FROM picked;

-- orders_are_paid_as_they_say: it waits for a payment that has failed
UPDATE payments.payments SET status = 'failed' FROM picked WHERE order_id = pending;

-- open_payments_are_pursued: the buyer is waited for by nobody
UPDATE payments.operations SET state = 'failed' FROM picked WHERE order_id = pending;

-- open_payments_are_pursued: created, and never asked about
UPDATE payments.payments SET status = 'created' FROM picked WHERE order_id = pending;

-- gateways_are_asked_in_time: without an answer for a day
INSERT INTO payments.operations (order_id, payment_id, id, kind, state, gateway, currency, amount, created_at)
SELECT order_id, payments.id, -1, 'void', 'unknown', 'stripe', currency, amount, now() - interval '25 hours'
FROM payments.payments JOIN picked ON order_id = pending;

-- gateways_are_asked_in_time: overdue for ten minutes
INSERT INTO payments.operations (order_id, payment_id, id, kind, state, gateway, currency, amount, next_attempt_at)
SELECT order_id, payments.id, -1, 'void', 'intent', 'stripe', currency, amount, now() - interval '10 minutes'
FROM payments.payments JOIN picked ON order_id = pending;

-- gateway_messages_are_acted_on: a message left lying
INSERT INTO payments.inbound_events VALUES ('stripe', 'evt', 'x', '', 'received', NULL, now() - interval '10 minutes');

-- gateway_messages_are_acted_on: a message left lying after somebody had put it back
INSERT INTO payments.inbound_events (gateway, event_id, type, body, received_at, replays, replayed_by, replayed_at)
VALUES ('stripe', 'evt', 'x', '', now() - interval '2 days', 1, 'user:1', now() - interval '10 minutes');

-- rows_have_their_orders: a line
INSERT INTO orders.lines VALUES (-1, 1, NULL, 'SKU', 'Name', 1, 5, 0, 0, 5);

-- rows_have_their_orders: a step, with its event
INSERT INTO orders.history VALUES (-1, 1, 'placed', NULL, 'confirmed', 'open', 'unfulfilled', 'nobody', NULL, now());
INSERT INTO events.outbox VALUES (-1, 1, 'order.placed', '{}', now());

-- rows_have_their_orders: a hold
INSERT INTO inventory.holds SELECT -1, variant_id, 1, 1, 'released' FROM inventory.levels LIMIT 1;

-- rows_have_their_orders: movements
INSERT INTO inventory.movements (variant_id, location_id, delta, reason, order_id, actor)
SELECT variant_id, 1, delta, 'sold', -1, 'nobody' FROM inventory.levels, unnest(ARRAY[1, -1]) AS delta;

-- rows_have_their_orders: a payment
INSERT INTO payments.payments (order_id, id, method, gateway, currency, amount, status)
VALUES (-1, -1, 'card', 'stripe', 'GBP', 5, 'failed');

-- rows_have_their_orders: a posting
SELECT pg_temp.post(-1, 'order', -1, 'credit');

-- rows_have_their_orders: a key
INSERT INTO idempotency.keys (principal, route, key, fingerprint, order_id)
VALUES ('user:1', 'POST /orders', 'lost', sha256(''), -1);

-- order_lines_add_up: a penny too much (without its guard)
ALTER TABLE orders.lines DROP CONSTRAINT lines_check;
UPDATE orders.lines SET total = total + 1 FROM picked WHERE order_id = open;

-- order_lines_add_up: less than nothing
ALTER TABLE orders.lines DROP CONSTRAINT lines_discount_check, DROP CONSTRAINT lines_tax_check;
UPDATE orders.lines SET discount = -1, tax = -1 FROM picked WHERE order_id = open;

-- order_totals_add_up: more than the lines come to
UPDATE orders.orders SET subtotal = subtotal + 1, discount = discount + 1 FROM picked WHERE id = open;

-- order_totals_add_up: without lines
DELETE FROM orders.lines USING picked WHERE order_id = called_off;

-- one_order_for_each_key: an order without a key
DELETE FROM idempotency.keys USING picked WHERE order_id = open;

-- one_order_for_each_key: two keys for one order
INSERT INTO idempotency.keys (principal, route, key, fingerprint, order_id)
SELECT 'user:1', 'POST /orders', 'second', sha256(''), open FROM picked;

-- keys_name_what_they_did: neither answer nor order
INSERT INTO idempotency.keys (principal, route, key, fingerprint) VALUES ('user:1', 'POST /x', 'lost', sha256(''));

-- keys_name_what_they_did: placed an order, and does not say which
INSERT INTO idempotency.keys (principal, route, key, fingerprint, status, answer)
VALUES ('user:1', 'POST /orders', 'lost', sha256(''), 201, '');

-- history_takes_legal_steps: from cancelled back to confirmed, and away again
INSERT INTO orders.history
SELECT order_id, version + n, event, CASE n WHEN 1 THEN 'cancelled' ELSE 'confirmed' END,
       CASE n WHEN 1 THEN 'confirmed' ELSE 'cancelled' END, payment_status, fulfilment_status, actor, detail, at
FROM orders.history JOIN picked ON order_id = called_off, generate_series(1, 2) AS n WHERE version = 2;
INSERT INTO events.outbox SELECT called_off, n, 'order.x', '{}', now() FROM picked, generate_series(3, 4) AS n;
UPDATE orders.orders SET version = 4 FROM picked WHERE id = called_off;

-- history_takes_legal_steps: the first step comes from somewhere
UPDATE orders.history SET from_status = 'pending_payment' FROM picked WHERE order_id = open;

-- history_is_unbroken: a step is missing
UPDATE orders.history SET version = 3 FROM picked WHERE order_id = paid AND version = 2;
UPDATE events.outbox SET version = 3 FROM picked WHERE order_id = paid AND version = 2;
UPDATE orders.orders SET version = 3 FROM picked WHERE id = paid;

-- history_is_unbroken: a step begins elsewhere than the one before it ended
UPDATE orders.history SET status = 'confirmed' FROM picked WHERE order_id = paid AND version = 1;

-- history_ends_at_the_present: the order has moved on
UPDATE orders.orders SET fulfilment_status = 'fulfilled' FROM picked WHERE id = declined;

-- history_ends_at_the_present: the order's version has moved on
UPDATE orders.orders SET version = version + 1 FROM picked WHERE id = open;

-- history_ends_at_the_present: a step beyond the present
INSERT INTO orders.history
SELECT order_id, 2, event, status, status, payment_status, fulfilment_status, actor, detail, at
FROM orders.history JOIN picked ON order_id = open;
INSERT INTO events.outbox SELECT open, 2, 'order.x', '{}', now() FROM picked;

-- every_step_has_its_event: an event is missing
DELETE FROM events.outbox USING picked WHERE order_id = paid AND version = 1;

-- every_step_has_its_event: an event too many
INSERT INTO events.outbox SELECT open, 2, 'order.x', '{}', now() FROM picked;

-- stock_is_not_oversold: fewer on hand than promised (without its guard)
ALTER TABLE inventory.levels DROP CONSTRAINT levels_check;
INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
SELECT variant_id, location_id, reserved - 1 - on_hand, 'lost', 'nobody' FROM inventory.levels WHERE reserved > 0;
UPDATE inventory.levels SET on_hand = reserved - 1 WHERE reserved > 0;

-- reserved_is_what_is_held: one too many reserved
UPDATE inventory.levels SET reserved = reserved + 1 WHERE reserved < on_hand;

-- on_hand_is_what_moved: one too many on hand
UPDATE inventory.levels SET on_hand = on_hand + 1;

-- on_hand_is_what_moved: movements of what is not there
INSERT INTO inventory.locations (id, code, name) VALUES (-1, 'nowhere', 'Nowhere');
INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
SELECT variant_id, -1, 5, 'received', 'nobody' FROM inventory.levels;

-- stock_is_held_for_open_orders: nothing is held
SELECT pg_temp.release(open) FROM picked;

-- stock_is_held_for_open_orders: held for an order that was called off
UPDATE inventory.holds SET state = 'held' FROM picked WHERE order_id = called_off;
UPDATE inventory.levels SET reserved = reserved + quantity
FROM inventory.holds JOIN picked ON order_id = called_off WHERE levels.variant_id = holds.variant_id;

-- stock_is_held_for_open_orders: one more held than bought
UPDATE inventory.holds SET quantity = quantity + 1 FROM picked WHERE order_id = open;
UPDATE inventory.levels SET reserved = reserved + 1
FROM inventory.holds JOIN picked ON order_id = open WHERE levels.variant_id = holds.variant_id;

-- expired_holds_are_given_up: expired ten minutes ago
UPDATE inventory.holds SET expires_at = now() - interval '10 minutes' FROM picked WHERE order_id = pending;

-- stock_and_lines_name_articles: a line
UPDATE orders.lines SET variant_id = -1 FROM picked WHERE order_id = called_off;

-- stock_and_lines_name_articles: a hold
INSERT INTO inventory.holds SELECT called_off, -1, 1, 1, 'released' FROM picked;

-- stock_and_lines_name_articles: a level
INSERT INTO inventory.levels VALUES (-1, 1, 0, 0);

-- stock_and_lines_name_articles: movements
INSERT INTO inventory.movements (variant_id, location_id, delta, reason, actor)
VALUES (-1, 1, 5, 'received', 'nobody'), (-1, 1, -5, 'lost', 'nobody');

-- emails_belong_to_one_account: the same address in capitals (without its guard)
DROP INDEX accounts.users_email;
INSERT INTO accounts.users (name, email, password_hash) SELECT name, upper(email), password_hash FROM accounts.users LIMIT 1;

-- passwords_are_hashed: one is not
UPDATE accounts.users SET password_hash = '$argon2id$password';

-- identities_belong_to_one_user: somebody elsewhere is two users (without its guard)
ALTER TABLE accounts.identities DROP CONSTRAINT identities_issuer_subject_key;
INSERT INTO accounts.identities (issuer, subject, user_id) SELECT 'ldap', 'ann', id FROM accounts.users LIMIT 2;

-- roles_from_elsewhere_have_an_identity: the directory gives roles to people it does not know
UPDATE accounts.user_roles SET source = 'ldap';

-- recovery_codes_stand_in_for_a_factor: of somebody without a factor
INSERT INTO accounts.recovery_codes (user_id, hash) SELECT min(id), sha256('code') FROM accounts.users;

-- recovery_codes_stand_in_for_a_factor: an eleventh
INSERT INTO accounts.totp (user_id, sealed_secret, confirmed_at, last_step, last_used_at)
SELECT min(id), 's1.key.secret', now(), 1, now() FROM accounts.users;
INSERT INTO accounts.recovery_codes (user_id, hash)
SELECT min(id), sha256(convert_to(n::text, 'UTF8')) FROM accounts.users, generate_series(1, 11) AS n GROUP BY n;

-- database_is_durable: commits are not waited for
SET LOCAL synchronous_commit = off;

-- guards_are_in_place: the last administrator could lose the role
ALTER TABLE accounts.user_roles DISABLE TRIGGER user_roles_keep_an_admin;

-- guards_are_in_place: two refresh tokens of a session could be used
DROP INDEX accounts.refresh_tokens_unused;

-- guards_are_in_place: somebody erased could keep their name
ALTER TABLE accounts.users DROP CONSTRAINT users_erased;

-- guards_are_in_place: two live payments would not be refused
DROP INDEX payments.payments_one_under_way;

-- guards_are_in_place: one key could stand there twice
ALTER TABLE idempotency.keys ALTER COLUMN id DROP EXPRESSION;

-- guards_are_in_place: a line break could move from the caller to the route
ALTER TABLE idempotency.keys DROP CONSTRAINT keys_check;

-- guards_are_in_place: overselling would not be refused
ALTER TABLE inventory.levels DROP CONSTRAINT levels_check;

-- guards_are_in_place: an unbalanced posting would not be refused
ALTER TABLE ledger.entries DISABLE TRIGGER entries_balanced;

-- guards_are_in_place: a change of the books would only be refused to replicas
ALTER TABLE ledger.entries ENABLE REPLICA TRIGGER entries_append_only;

-- constraints_hold_for_every_row: a constraint that was never checked
ALTER TABLE orders.orders ADD CONSTRAINT hopeful CHECK (total < 0) NOT VALID;

-- constraints_hold_for_every_row: an index that was never finished
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders.orders_customer'::regclass;

-- history_cannot_be_rewritten: postings can be deleted
GRANT DELETE ON ledger.entries TO kontor_app;

-- history_cannot_be_rewritten: amounts can be changed
GRANT UPDATE (amount) ON ledger.entries TO kontor_app;

-- history_cannot_be_rewritten: acts can be taken back
GRANT DELETE ON auditlog.acts TO kontor_app;

-- guards_are_in_place: an act could be taken back
ALTER TABLE auditlog.acts DISABLE TRIGGER acts_append_only;

-- guards_are_in_place: two servers could seal on from the same seal
ALTER TABLE ledger.seals DROP CONSTRAINT seals_previous_hash_key;

-- guards_are_in_place: a seal could be taken back
ALTER TABLE ledger.seals DISABLE TRIGGER seals_append_only;

-- history_cannot_be_rewritten: balances can be changed
GRANT UPDATE ON ledger.balances TO kontor_app;

-- history_cannot_be_rewritten: by everybody
GRANT TRUNCATE ON orders.history TO PUBLIC;

-- server_owns_nothing: it may create databases
ALTER ROLE kontor_app CREATEDB;

-- server_owns_nothing: it owns a table
ALTER TABLE catalog.prices OWNER TO kontor_app;

-- server_owns_nothing: it belongs to another role
GRANT pg_monitor TO kontor_app;

-- amounts_are_whole_numbers: a float
ALTER TABLE catalog.products ADD COLUMN weight double precision;

-- amounts_are_whole_numbers: an amount of 32 bits
ALTER TABLE catalog.products ADD COLUMN tax int;

-- times_have_zones: one has none
ALTER TABLE catalog.products ADD COLUMN sold_at timestamp;

-- credits_add_up: a line dearer than its credit says
UPDATE orders.credit_lines SET unit_price = unit_price + 1, total = total + quantity
FROM picked WHERE credit_id = customers_credit;

-- credits_add_up: a line of no credit
INSERT INTO orders.credit_lines VALUES (-1, 1, NULL, 'MUG', 'MUG', 1, 1, 1);

-- credits_are_of_what_was_sold: less is counted than was credited
UPDATE orders.credited SET credited = credited - 1
FROM picked JOIN orders.credits ON credits.id = credit WHERE credited.order_id = credits.order_id;

-- credits_are_of_what_was_sold: more could be credited than was sold
UPDATE orders.credited SET sold = sold + 1
FROM picked JOIN orders.credits ON credits.id = credit WHERE credited.order_id = credits.order_id;

-- credits_are_booked: a penny less than was given
UPDATE ledger.entries SET amount = amount - sign(amount)
FROM picked JOIN ledger.transactions ON source_type = 'import' AND source_id = customers_credit
WHERE transaction_id = transactions.id;

-- credits_are_booked: given and not booked
DELETE FROM ledger.entries USING picked, ledger.transactions
WHERE source_type = 'import' AND source_id = customers_credit AND transaction_id = transactions.id;
DELETE FROM ledger.transactions USING picked WHERE source_type = 'import' AND source_id = customers_credit;

-- captured_is_what_operations_took: a credit that went back through the bank is called something else
UPDATE orders.credits SET given_as = 'customer_credit' FROM picked WHERE id = credit;

-- imports_account_for_every_line: a line of which nobody knows what became
UPDATE orders.import_lines SET outcome = NULL
WHERE n = 1 AND import_id = (SELECT max(id) FROM orders.imports WHERE state = 'completed');

-- balance_lines_are_booked: a fee that was not booked
INSERT INTO reconciliation.balance_lines (gateway, line_id, kind, currency, amount, fee, at, state)
VALUES ('stripe', 'txn_planted', 'charge', 'GBP', 510, 28, now(), 'waiting');

-- balance_lines_are_booked: a posting about a line that nobody has read
SELECT pg_temp.post(NULL, 'balance_line', -1, 'fee');

-- matched_lines_are_what_we_booked: a line that matches nothing
INSERT INTO reconciliation.balance_lines (gateway, line_id, kind, currency, amount, fee, at, state, order_id, payment_id)
SELECT 'stripe', 'txn_planted', 'charge', 'GBP', 510, 0, now(), 'matched', order_id, id
FROM payments.payments JOIN picked ON order_id = paid LIMIT 1;

-- holdings_are_what_unpaid_orders_hold: an order was paid and not taken off
UPDATE orders.holdings SET unpaid_orders = unpaid_orders + 1, held_units = held_units + 2
FROM picked JOIN orders.orders ON id = paid WHERE holdings.customer_id = orders.customer_id;

-- holdings_are_what_unpaid_orders_hold: units were given back twice
UPDATE orders.holdings SET held_units = held_units - 1
FROM picked JOIN orders.orders ON id = open WHERE holdings.customer_id = orders.customer_id;

-- holdings_are_what_unpaid_orders_hold: nothing is counted
DELETE FROM orders.holdings
USING picked JOIN orders.orders ON id = open WHERE holdings.customer_id = orders.customer_id;

-- refund_requests_are_carried_out: approved, and nothing was given back
INSERT INTO orders.refund_requests
    (order_id, state, currency, amount, asked, requested_by, requester_id, decided_by, decider_id, decided_at, refund_id)
SELECT refunded, 'approved', 'GBP', 5, '{}', 'user:2', 2, 'user:1', 1, now(), -1 FROM picked;

-- refund_requests_are_carried_out: another amount was given back
INSERT INTO orders.refund_requests
    (order_id, state, currency, amount, asked, requested_by, requester_id, decided_by, decider_id, decided_at, refund_id)
SELECT order_id, 'approved', currency, amount + 1, '{}', 'user:2', 2, 'user:1', 1, now(), id
FROM orders.refunds JOIN picked ON order_id = refunded;

-- refund_requests_are_carried_out: by whoever has asked for it (without its guard)
ALTER TABLE orders.refund_requests DROP CONSTRAINT refund_requests_decided_by_another;
INSERT INTO orders.refund_requests
    (order_id, state, currency, amount, asked, requested_by, requester_id, decided_by, decider_id, decided_at)
SELECT refunded, 'declined', 'GBP', 5, '{}', 'key:1', 1, 'user:1', 1, now() FROM picked;

-- suspended_lines_have_breaks: money in suspense, and nobody to tell
INSERT INTO reconciliation.balance_lines (gateway, line_id, kind, currency, amount, fee, at, state, suspended)
VALUES ('stripe', 'txn_planted', 'other', 'GBP', 5, 0, now(), 'suspended', 5);
INSERT INTO ledger.transactions
SELECT -1, NULL, 'balance_line', max(id), 'movement', now() FROM reconciliation.balance_lines;
INSERT INTO ledger.entries VALUES (-1, 1, 'gateway_clearing', 'GBP', 5), (-1, 2, 'suspense', 'GBP', -5);

-- breaks_are_in_hand: one that was forgotten
INSERT INTO reconciliation.breaks (gateway, kind, transaction_id, currency, amount, opened_at)
VALUES ('stripe', 'missing_there', -1, 'GBP', 5, now() - interval '8 days');

-- erased_people_are_gone: somebody erased can still do what a role allows
UPDATE accounts.users SET name = 'Erased', email = 'erased:' || id, password_hash = NULL, email_verified_at = NULL, erased_at = now()
WHERE id = (SELECT max(user_id) FROM accounts.user_roles WHERE role = 'customer');
DELETE FROM accounts.sessions;
DELETE FROM accounts.devices;
DELETE FROM accounts.one_time_tokens;

-- erased_people_are_gone: the name stays (without its guard)
ALTER TABLE accounts.users DROP CONSTRAINT users_erased;
INSERT INTO accounts.users (name, email) VALUES ('Ann Lee', 'planted@example.org');
UPDATE accounts.users SET email = 'erased:' || id, erased_at = now() WHERE email = 'planted@example.org';

-- erased_people_are_gone: a session
INSERT INTO accounts.sessions (user_id, kind, seed, methods, network, expires_at)
SELECT pg_temp.somebody_erased(), 'token', sha256('seed'), '{pwd}', '192.0.2.1', now() + interval '1 day';

-- erased_people_are_gone: a browser
INSERT INTO accounts.devices (hash, user_id) SELECT sha256('device'), pg_temp.somebody_erased();

-- erased_people_are_gone: a link
INSERT INTO accounts.one_time_tokens (hash, purpose, user_id, expires_at)
SELECT sha256('token'), 'reset_password', pg_temp.somebody_erased(), now() + interval '1 day';

-- erased_people_are_gone: an app that is being enrolled
INSERT INTO accounts.totp (user_id, sealed_secret) SELECT pg_temp.somebody_erased(), 's1.key.secret';

-- erased_people_are_gone: a recovery code
INSERT INTO accounts.passkeys (user_id, credential_id, credential, name, sign_count, synced)
SELECT pg_temp.somebody_erased(), 'id', 'key', 'Phone', 0, false;
INSERT INTO accounts.recovery_codes (user_id, hash) VALUES (900000000, sha256('code'));

-- erased_people_are_gone: a passkey
INSERT INTO accounts.passkeys (user_id, credential_id, credential, name, sign_count, synced)
SELECT pg_temp.somebody_erased(), 'id', 'key', 'Phone', 0, false;

-- erased_people_are_gone: what authenticators call them
INSERT INTO accounts.passkey_owners (user_id, handle) SELECT pg_temp.somebody_erased(), sha256('handle');

-- erased_people_are_gone: an API key
INSERT INTO accounts.api_keys (user_id, name, hash, beginning, scopes, expires_at)
SELECT pg_temp.somebody_erased(), 'Ann''s', sha256('key'), 'kontor_abcd', '{orders:read}', now() + interval '1 day';

-- erased_people_are_gone: an identity
INSERT INTO accounts.identities (issuer, subject, user_id) SELECT 'ldap', 'ann', pg_temp.somebody_erased();

-- erased_people_are_gone: a client waits for their answer
INSERT INTO accounts.oauth_requests (id, client_id, user_id, session_id, redirect_uri, scopes, code_challenge,
                                     authenticated_at, methods, question_hash, expires_at)
SELECT gen_random_uuid(), gen_random_uuid(), pg_temp.somebody_erased(), gen_random_uuid(), 'https://client.example',
       '{openid}', repeat('A', 43), now(), '{pwd}', sha256('question'), now() + interval '1 day';

-- erased_people_are_gone: a consent
INSERT INTO accounts.oauth_consents (user_id, client_id, scopes)
SELECT pg_temp.somebody_erased(), gen_random_uuid(), '{openid}';

-- erased_people_are_gone: a mail
INSERT INTO mail.outgoing (id, user_id, recipient, subject, body)
SELECT gen_random_uuid(), pg_temp.somebody_erased(), 'ann@example.org', 'Link', 's1.k.A';

-- mails_keep_no_links: a text is kept in the clear
INSERT INTO mail.outgoing (id, recipient, subject, body) VALUES (gen_random_uuid(), 'ann@example.org', 'Link', 'https://shop.example/?token=A');

-- mails_keep_no_links: a text outlives its sending (without its guard)
ALTER TABLE mail.outgoing DROP CONSTRAINT outgoing_keeps_no_text;
INSERT INTO mail.outgoing (id, recipient, subject, body, sent_at) VALUES (gen_random_uuid(), 'ann@example.org', 'Link', 's1.k.A', now());
