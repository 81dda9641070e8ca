-- One of that name that somebody has changed gets it too: whoever gives money back may agree that others do.
UPDATE accounts.roles
SET permissions = ARRAY(SELECT DISTINCT unnest(permissions || '{refunds:approve}') ORDER BY 1),
    version = version + 1, updated_at = now()
WHERE name = 'finance' AND built_in AND 'orders:refund' = ANY (permissions);
