-- People change their addresses. What was sent to an earlier one is still about them.
ALTER TABLE mail.outgoing ADD COLUMN user_id bigint CHECK (user_id > 0);
UPDATE mail.outgoing SET user_id = users.id FROM accounts.users WHERE lower(users.email) = lower(recipient);
COMMENT ON COLUMN mail.outgoing.user_id IS
    'of accounts.users: whose account it is about; null for mails to earlier addresses that were written before this was kept';
CREATE INDEX outgoing_of_user ON mail.outgoing (user_id);
DROP INDEX mail.outgoing_recipient;
