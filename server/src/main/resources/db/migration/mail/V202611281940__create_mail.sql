CREATE SCHEMA mail;
GRANT USAGE ON SCHEMA mail TO kontor_app;

CREATE TABLE mail.outgoing (
    id              uuid        PRIMARY KEY,
    recipient       text        NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254 AND recipient !~ '[[:cntrl:] ]'),
    subject         text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 200 AND subject !~ '[[:cntrl:]]'),
    body            text,
    attempts        int         NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    last_error      text        CHECK (length(last_error) <= 300),
    created_at      timestamptz NOT NULL DEFAULT now(),
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,
    failed_at       timestamptz,
    CHECK (sent_at IS NULL OR failed_at IS NULL),
    -- Bodies hold links that open accounts: none is kept longer than it is needed.
    CONSTRAINT outgoing_keeps_no_text CHECK ((body IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL))
);
COMMENT ON TABLE mail.outgoing IS
    'Mails to be sent, written in the transaction of what they tell about; those that were sent or given up stay a month.';
COMMENT ON COLUMN mail.outgoing.id IS 'also in the Message-ID, by which a mail that came twice is known';
COMMENT ON COLUMN mail.outgoing.body IS 'plain text, sealed by kontor.secrets; taken away when it is sent or given up';
COMMENT ON COLUMN mail.outgoing.next_attempt_at IS 'when it may be taken up; while one server sends it, when another may';
COMMENT ON COLUMN mail.outgoing.last_error IS 'what the mail server said last';
COMMENT ON COLUMN mail.outgoing.failed_at IS 'when it was given up';
CREATE INDEX outgoing_waiting ON mail.outgoing (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outgoing_recipient ON mail.outgoing (lower(recipient));
CREATE INDEX outgoing_by_age ON mail.outgoing (created_at);
GRANT SELECT, INSERT, DELETE ON mail.outgoing TO kontor_app;
GRANT UPDATE (body, attempts, last_error, next_attempt_at, sent_at, failed_at) ON mail.outgoing TO kontor_app;
