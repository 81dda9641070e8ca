-- The audit log.

-- audit_log_chain_is_unbroken
-- Every sealed act is there as it was sealed and none was put in where the seals have passed; seals are numbered from 1
-- without gaps, and each carries the hash of the one before it.
SELECT coalesce(chain.act_id, present.act_id) AS act_id, seq AS seal,
       CASE WHEN chain.act_id IS NULL THEN 'put in behind the seals'
            WHEN present.act_id IS NULL THEN 'removed'
            WHEN seq <> place OR previous_hash <> link THEN 'torn'
            ELSE 'changed' END AS what
FROM (
    SELECT seals AS seal, seq, act_id, previous_hash, hash, row_number() OVER (ORDER BY seq) AS place,
           lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY seq) AS link
    FROM auditlog.seals
) AS chain
FULL JOIN auditlog.digests AS present USING (act_id)
WHERE chain.act_id IS NULL
      AND (present.xact, present.act_id) <= (
          SELECT seals.xact, seals.act_id FROM auditlog.seals ORDER BY seals.seq DESC LIMIT 1)
   OR present.act_id IS NULL OR seq <> place OR previous_hash <> link
   OR hash <> auditlog.seal_hash(seal, digest);
