-- The database itself: what keeps the rest true, and who could undo it.

-- database_is_durable
-- What is committed survives a power cut, and a page that went bad is noticed.
SELECT name, setting
FROM pg_settings
WHERE name IN ('fsync', 'full_page_writes', 'data_checksums') AND setting <> 'on'
   OR name = 'synchronous_commit' AND setting = 'off';

-- guards_are_in_place
-- The indexes, columns, checks and triggers that refuse doubles, overselling and changed books are there and switched on.
SELECT kind, table_name, guard
FROM (VALUES
    ('unique', 'accounts.api_keys', 'api_keys_hash_key'),
    ('unique', 'accounts.devices', 'devices_pkey'),
    ('unique', 'accounts.identities', 'identities_issuer_subject_key'),
    ('unique', 'accounts.oauth_clients', 'oauth_clients_name'),
    ('unique', 'accounts.oauth_clients', 'oauth_clients_secret_hash_key'),
    ('unique', 'accounts.oauth_consents', 'oauth_consents_pkey'),
    ('unique', 'accounts.oauth_requests', 'oauth_requests_code_hash_key'),
    ('unique', 'accounts.oauth_requests', 'oauth_requests_question_hash_key'),
    ('unique', 'accounts.one_time_tokens', 'one_time_tokens_pkey'),
    ('unique', 'accounts.passkey_owners', 'passkey_owners_handle_key'),
    ('unique', 'accounts.passkey_owners', 'passkey_owners_pkey'),
    ('unique', 'accounts.passkeys', 'passkeys_credential_id_key'),
    ('unique', 'accounts.recovery_codes', 'recovery_codes_pkey'),
    ('unique', 'accounts.refresh_tokens', 'refresh_tokens_pkey'),
    ('unique', 'accounts.refresh_tokens', 'refresh_tokens_session_id_generation_key'),
    ('unique', 'accounts.refresh_tokens', 'refresh_tokens_unused'),
    ('unique', 'accounts.sessions', 'sessions_cookie_hash_key'),
    ('unique', 'accounts.totp', 'totp_pkey'),
    ('unique', 'accounts.tries', 'tries_pkey'),
    ('unique', 'accounts.user_roles', 'user_roles_pkey'),
    ('unique', 'accounts.users', 'users_email'),
    ('unique', 'auditlog.acts', 'acts_pkey'),
    ('unique', 'auditlog.seals', 'seals_pkey'),
    ('unique', 'auditlog.seals', 'seals_act_id_key'),
    ('unique', 'auditlog.seals', 'seals_previous_hash_key'),
    ('unique', 'events.outbox', 'outbox_pkey'),
    ('unique', 'idempotency.keys', 'keys_pkey'),
    ('unique', 'inventory.levels', 'levels_pkey'),
    ('unique', 'inventory.holds', 'holds_pkey'),
    ('unique', 'ledger.entries', 'entries_pkey'),
    ('unique', 'ledger.sealed', 'sealed_pkey'),
    ('unique', 'ledger.seals', 'seals_pkey'),
    ('unique', 'ledger.seals', 'seals_previous_hash_key'),
    ('unique', 'ledger.transactions', 'transactions_order_id_source_type_source_id_kind_key'),
    ('unique', 'orders.credits', 'credits_external_id'),
    ('unique', 'orders.history', 'history_pkey'),
    ('unique', 'orders.holdings', 'holdings_pkey'),
    ('unique', 'orders.orders', 'orders_pkey'),
    ('unique', 'orders.orders', 'orders_external_id'),
    ('unique', 'orders.refund_requests', 'refund_requests_open'),
    ('unique', 'orders.refund_requests', 'refund_requests_refund_id_key'),
    ('unique', 'orders.refunds', 'refunds_pkey'),
    ('unique', 'payments.disputes', 'disputes_pkey'),
    ('unique', 'payments.inbound_events', 'inbound_events_pkey'),
    ('unique', 'payments.operations', 'operations_one_live'),
    ('unique', 'payments.payments', 'payments_one_under_way'),
    ('unique', 'payments.payments', 'payments_one_invoice'),
    ('unique', 'payments.work_items', 'work_items_open'),
    ('unique', 'reconciliation.balance_lines', 'balance_lines_gateway_line_id_key'),
    ('unique', 'reconciliation.matches', 'matches_pkey'),
    ('generated', 'idempotency.keys', 'idempotency.id_of(principal, route, key)'),
    ('check', 'idempotency.keys', '(strpos(principal, chr(10)) = 0) AND (strpos(route, chr(10)) = 0)'),
    ('check', 'inventory.levels', 'reserved >= 0'),
    ('check', 'inventory.levels', 'reserved <= on_hand'),
    ('check', 'ledger.entries', 'amount <> 0'),
    ('check', 'orders.credited', 'credited <= sold'),
    ('check', 'orders.lines', 'total = (((quantity * unit_price) - discount) + tax)'),
    ('check', 'orders.orders', 'total = (((subtotal - discount) + shipping) + tax)'),
    ('check', 'orders.refund_requests',
     '(state <> ALL (ARRAY[''approved''::text, ''declined''::text])) OR ((decider_id IS NOT NULL) AND (decider_id IS DISTINCT FROM requester_id))'),
    ('check', 'payments.payments', '(captured >= 0) AND (captured <= amount)'),
    ('check', 'payments.payments', 'refunded <= captured'),
    ('check', 'orders.credited', 'credited >= 0'),
    ('check', 'payments.operations', '(kind = ''refund''::text) = (refund_id IS NOT NULL)'),
    ('check', 'payments.payments', 'capturing >= 0'),
    ('check', 'payments.payments', 'refunding >= 0'),
    ('check', 'payments.payments', 'replaced >= 0'),
    ('check', 'payments.payments', '((captured + capturing) + replaced) <= amount'),
    ('check', 'payments.payments', '(refunded + refunding) <= captured'),
    ('constraint', 'accounts.sessions', 'sessions_client'),
    ('constraint', 'accounts.sessions', 'sessions_opened_in'),
    ('constraint', 'accounts.sessions', 'sessions_scopes'),
    ('constraint', 'accounts.sessions', 'sessions_user'),
    ('constraint', 'accounts.users', 'users_erased'),
    ('constraint', 'mail.outgoing', 'outgoing_keeps_no_text'),
    ('trigger', 'accounts.user_roles', 'user_roles_keep_an_admin'),
    ('trigger', 'accounts.users', 'users_keep_an_admin'),
    ('trigger', 'auditlog.acts', 'acts_append_only'),
    ('trigger', 'auditlog.seals', 'seals_append_only'),
    ('trigger', 'ledger.accounts', 'accounts_stay'),
    ('trigger', 'ledger.adjustments', 'adjustments_append_only'),
    ('trigger', 'ledger.entries', 'entries_balanced'),
    ('trigger', 'ledger.entries', 'entries_append_only'),
    ('trigger', 'ledger.sealed', 'sealed_append_only'),
    ('trigger', 'ledger.seals', 'seals_append_only'),
    ('trigger', 'ledger.transactions', 'transactions_append_only')
) AS expected (kind, table_name, guard)
WHERE CASE kind
    WHEN 'unique' THEN NOT EXISTS (
        SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = to_regclass(table_name) AND relname = guard AND indisunique)
    WHEN 'check' THEN NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = to_regclass(table_name) AND contype = 'c'
          AND starts_with(pg_get_constraintdef(oid), 'CHECK ((' || guard || '))'))
    WHEN 'constraint' THEN NOT EXISTS (
        SELECT FROM pg_constraint WHERE conrelid = to_regclass(table_name) AND conname = guard)
    WHEN 'generated' THEN NOT EXISTS (
        SELECT FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
        WHERE adrelid = to_regclass(table_name) AND attgenerated = 's' AND pg_get_expr(adbin, adrelid) = guard)
    ELSE NOT EXISTS (
        SELECT FROM pg_trigger
        WHERE tgrelid = to_regclass(table_name) AND tgname = guard AND tgenabled IN ('O', 'A'))
END;

-- constraints_hold_for_every_row
-- Every constraint was checked against every row, and every index is whole.
SELECT conrelid::regclass::text AS table_name, conname::text AS name, 'constraint' AS kind
FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
WHERE NOT convalidated AND nspname !~ '^pg_' AND has_schema_privilege('kontor_app', nspname, 'USAGE')
UNION ALL
SELECT indrelid::regclass::text, relname::text, 'index'
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE NOT (indisvalid AND indisready) AND nspname !~ '^pg_' AND has_schema_privilege('kontor_app', nspname, 'USAGE');

-- history_cannot_be_rewritten
-- The server's role may add to books, the audit log, movements, order lines, credits and histories, and neither change nor
-- remove what is there.
SELECT table_name, privilege
FROM unnest(ARRAY['auditlog.acts', 'auditlog.seals', 'inventory.movements', 'ledger.accounts', 'ledger.adjustments',
                  'ledger.balances', 'ledger.entries', 'ledger.sealed', 'ledger.seals', 'ledger.transactions', 'orders.credit_lines', 'orders.credits',
                  'orders.history', 'orders.lines', 'orders.refund_lines', 'orders.transitions',
                  'reconciliation.matches']) AS table_name,
     unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
WHERE has_table_privilege('kontor_app', table_name, privilege)
   OR privilege = 'UPDATE' AND has_any_column_privilege('kontor_app', table_name, privilege);

-- server_owns_nothing
-- The server's role is no superuser, owns nothing, and belongs to no other role.
SELECT 'may ' || power AS power, '' AS object
FROM pg_roles,
     unnest(ARRAY['do everything', 'create roles', 'create databases', 'replicate', 'bypass row security'],
            ARRAY[rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls]) AS has (power, granted)
WHERE rolname = 'kontor_app' AND granted
UNION ALL
SELECT 'owns', pg_describe_object(classid, objid, objsubid)
FROM pg_shdepend
WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'kontor_app'::regrole AND deptype = 'o'
  AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'belongs to', roleid::regrole::text
FROM pg_auth_members
WHERE member = 'kontor_app'::regrole;

-- amounts_are_whole_numbers
-- Amounts and quantities are 64-bit whole numbers; no column is a float, a decimal or PostgreSQL's money, except where a
-- foreign file is kept as it was read.
SELECT attrelid::regclass::text AS table_name, attname::text AS column_name, format_type(atttypid, atttypmod) AS type
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
  AND nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  AND has_schema_privilege('kontor_app', nspname, 'USAGE')
  AND attrelid NOT IN ('orders.import_lines'::regclass, 'orders.import_totals'::regclass)
  AND (atttypid IN ('real'::regtype, 'double precision'::regtype, 'numeric'::regtype, 'money'::regtype)
       OR attname ~ '^(amount|balance|captured|delta|discount|on_hand|price|quantity|refunded|reserved|subtotal|tax|total|unit_price)$'
          AND atttypid <> 'bigint'::regtype);

-- times_have_zones
-- Every point in time is kept with its time zone.
SELECT attrelid::regclass::text AS table_name, attname::text AS column_name
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
  AND nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  AND has_schema_privilege('kontor_app', nspname, 'USAGE')
  AND atttypid = 'timestamp without time zone'::regtype;
