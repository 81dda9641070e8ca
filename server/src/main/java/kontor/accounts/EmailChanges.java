package kontor.accounts;

import java.time.Duration;
import java.util.List;
import kontor.accounts.LinkResult.Done;
import kontor.accounts.LinkResult.EmailTaken;
import kontor.accounts.LinkResult.NotGood;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gives a user another e-mail address, when a link that was mailed there is followed. That the address may be somebody
 * else's is told to nobody but whoever reads its mail.
 */
@Service
class EmailChanges {
    static final String PURPOSE = "change_email";
    private static final Duration LIFETIME = Duration.ofHours(24);
    private final AccountStore store;
    private final UserChangeStore changes;
    private final PasswordChanges passwords;
    private final OwnRights rights;
    private final OpenAccounts open;
    private final OneTimeTokens tokens;
    private final Idempotency idempotency;
    private final Throttle throttle;
    private final DirectoryAddresses directory;
    private final AccountMails mails;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    EmailChanges(
            AccountStore store,
            UserChangeStore changes,
            PasswordChanges passwords,
            OwnRights rights,
            OpenAccounts open,
            OneTimeTokens tokens,
            Idempotency idempotency,
            Throttle throttle,
            DirectoryAddresses directory,
            AccountMails mails,
            AuditLog log,
            TransactionTemplate transaction) {
        this.store = store;
        this.changes = changes;
        this.passwords = passwords;
        this.rights = rights;
        this.open = open;
        this.tokens = tokens;
        this.idempotency = idempotency;
        this.throttle = throttle;
        this.directory = directory;
        this.mails = mails;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * Mails the link, and a note to the present address.
     *
     * @param password the present one, from users about themselves; staff need none for others
     * @throws Refusal 422 for what is no address, 403 {@code wrong_password} or {@code beyond_own_rights}, 404, 429
     */
    void ask(long userId, @Nullable String email, @Nullable String password, Caller caller, Client client) {
        var fault = EmailAddress.faultIn(email);
        if (email == null || fault.isPresent())
            throw Refusal.ofFields(List.of(fault.orElseThrow(IllegalStateException::new)));
        var own = userId == caller.userId();
        if (own) passwords.requirePassword(userId, password, client);
        directory.refuseTo(email);
        throttle.admitMailRequest(client);
        transaction.executeWithoutResult(_ -> {
            if (!open.holdThereAlone(userId)) throw Refusal.notFound("user");
            var user = store.find(userId).orElseThrow(() -> Refusal.notFound("user"));
            if (!own) rights.requireAllOf(userId, caller);
            if (!throttle.mayMail(PURPOSE, email)) return;
            tokens.withdraw(PURPOSE, userId);
            var owner = store.credentials(email).map(found -> found.user().id());
            if (owner.isPresent()) tell(owner.get(), email);
            else
                mails.changeEmail(
                        userId,
                        email,
                        tokens.issue(PURPOSE, new Meaning(userId, user.email() + " " + email), LIFETIME));
            mails.emailIsToChange(userId, user.email());
            log.record(Act.of("users.ask_email_change", "user:" + userId));
        });
    }

    private void tell(long owner, String email) {
        if (open.hold(owner)) mails.accountIsThere(owner, email);
    }

    LinkResult confirm(@Nullable String token) {
        try {
            var result = transaction.execute(_ -> use(token));
            return result == null ? new NotGood() : result;
        } catch (DuplicateKeyException e) {
            return new EmailTaken();
        }
    }

    private LinkResult use(@Nullable String token) {
        var meaning = tokens.read(PURPOSE, token).orElse(null);
        if (meaning == null || meaning.userId() == null || meaning.content() == null) return new NotGood();
        changes.lock(meaning.userId()); // before the token, as whoever withdraws it does
        if (tokens.use(PURPOSE, token).isEmpty()) return new NotGood();
        var addresses = meaning.content().split(" ", 2); // neither has a space in it
        if (!changes.changeEmail(meaning.userId(), addresses[0], addresses[1])) return new NotGood();
        mails.emailChanged(meaning.userId(), addresses[0]);
        idempotency.forget(Caller.GUEST.principal(addresses[0])); // what was answered when the account was opened
        var user = "user:" + meaning.userId();
        log.record(Act.of("users.change_email", user).by(user));
        return new Done(meaning.userId());
    }
}
