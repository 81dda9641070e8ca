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

-- erased_people_are_gone
-- Of somebody who was erased nothing is left that says who they were, or that they could log in with.
SELECT users.id AS user_id, erased_at, kept.what
FROM accounts.users
JOIN (SELECT id, 'users' FROM accounts.users
      WHERE name <> 'Erased' OR email <> 'erased:' || id OR password_hash IS NOT NULL
      UNION ALL SELECT user_id, 'user_roles' FROM accounts.user_roles
      UNION ALL SELECT user_id, 'sessions' FROM accounts.sessions
      UNION ALL SELECT user_id, 'devices' FROM accounts.devices
      UNION ALL SELECT user_id, 'one_time_tokens' FROM accounts.one_time_tokens
      UNION ALL SELECT user_id, 'totp' FROM accounts.totp
      UNION ALL SELECT user_id, 'recovery_codes' FROM accounts.recovery_codes
      UNION ALL SELECT user_id, 'passkey_owners' FROM accounts.passkey_owners
      UNION ALL SELECT user_id, 'passkeys' FROM accounts.passkeys
      UNION ALL SELECT user_id, 'api_keys' FROM accounts.api_keys
      UNION ALL SELECT user_id, 'identities' FROM accounts.identities
      UNION ALL SELECT user_id, 'oauth_requests' FROM accounts.oauth_requests
      UNION ALL SELECT user_id, 'oauth_consents' FROM accounts.oauth_consents
      UNION ALL SELECT user_id, 'mails' FROM mail.outgoing
) AS kept (user_id, what) ON kept.user_id = users.id
WHERE erased_at IS NOT NULL;

-- mails_keep_no_links
-- The text of a mail, which may hold a link that opens an account, is sealed, and gone when it was sent or given up.
SELECT id, sent_at, failed_at
FROM mail.outgoing
WHERE CASE WHEN sent_at IS NULL AND failed_at IS NULL THEN body IS NULL OR body NOT LIKE 's_.%'
           ELSE body IS NOT NULL END;
