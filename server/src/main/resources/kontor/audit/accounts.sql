-- People.

-- emails_belong_to_one_account
-- No two accounts share an e-mail address, whatever its case.
SELECT lower(email) AS email, count(*) AS accounts
FROM accounts.users
GROUP BY lower(email)
HAVING count(*) > 1;

-- passwords_are_hashed
-- Every password is kept as an Argon2id hash.
SELECT id AS user_id, left(password_hash, 12) || '…' AS begins_with
FROM accounts.users
WHERE password_hash !~ '^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{22,}$';

-- identities_belong_to_one_user
-- Nobody whom an issuer knows is two users.
SELECT issuer, subject, count(*) AS users
FROM accounts.identities
GROUP BY issuer, subject
HAVING count(*) > 1;

-- roles_from_elsewhere_have_an_identity
-- Roles that an issuer gives are those of users who are linked with somebody there.
SELECT user_id, role, source
FROM accounts.user_roles r
WHERE source <> 'kontor'
  AND NOT EXISTS (SELECT FROM accounts.identities i WHERE i.user_id = r.user_id AND i.issuer = r.source);

-- recovery_codes_stand_in_for_a_factor
-- Nobody has recovery codes without a second factor, nor more than ten.
SELECT user_id, count(*) AS codes
FROM accounts.recovery_codes
GROUP BY user_id
HAVING count(*) > 10
    OR NOT (EXISTS (SELECT FROM accounts.totp WHERE totp.user_id = recovery_codes.user_id AND confirmed_at IS NOT NULL)
            OR EXISTS (SELECT FROM accounts.passkeys WHERE passkeys.user_id = recovery_codes.user_id));
