package kontor.accounts;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import kontor.accounts.LinkResult.Done;
import kontor.accounts.LinkResult.NotGood;
import kontor.accounts.LinkResult.WrongPassword;
import kontor.accounts.RegisterResult.EmailTaken;
import kontor.accounts.RegisterResult.Registered;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has people show that mail to their address reaches them, and that the account is theirs: whoever reads the mail of an
 * address did not open each account that somebody has opened with it.
 */
@Service
class Verifications {
    static final String PURPOSE = "verify_email";
    private static final String STEP = "verify";
    private static final Duration LIFETIME = Duration.ofHours(24);
    private final Accounts accounts;
    private final AccountStore store;
    private final UserChangeStore changes;
    private final Passwords passwords;
    private final OpenAccounts open;
    private final OneTimeTokens tokens;
    private final Throttle throttle;
    private final AccountMails mails;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    Verifications(
            Accounts accounts,
            AccountStore store,
            UserChangeStore changes,
            Passwords passwords,
            OpenAccounts open,
            OneTimeTokens tokens,
            Throttle throttle,
            AccountMails mails,
            AuditLog log,
            TransactionTemplate transaction) {
        this.accounts = accounts;
        this.store = store;
        this.changes = changes;
        this.passwords = passwords;
        this.open = open;
        this.tokens = tokens;
        this.throttle = throttle;
        this.mails = mails;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * Opens an account that waits for its link, or tells whoever has one already. For an account that still waits the last
     * name and password count, and older links are not good any more. Past the budget of the address nothing happens.
     */
    @Transactional
    void register(Registration.Checked wanted, String hash) {
        // Counted by itself: in one count with mails that only some addresses are sent, the time would tell which.
        if (!throttle.mayMail("register", wanted.email())) return;
        switch (accounts.registerUnverified(wanted, hash)) {
            case Registered(var user) -> mailLink(user.id(), user.email());
            case EmailTaken() -> {
                var anew = changes.registerAnew(wanted, hash);
                if (anew.isPresent()) mailLink(anew.get(), wanted.email());
                else tellOwner(wanted.email());
            }
        }
    }

    private void tellOwner(String email) {
        store.credentials(email)
                .map(found -> found.user().id())
                .filter(open::hold)
                .ifPresent(owner -> mails.accountIsThere(owner, email));
    }

    /** Nothing happens without an account that waits, nor past the budget of its address. */
    @Transactional
    void mailAgain(String email) {
        store.credentials(email)
                .filter(found -> found.passwordHash() != null && found.user().state() == UserState.UNVERIFIED)
                .filter(found -> open.hold(found.user().id()))
                .filter(found -> throttle.mayMail(PURPOSE, found.user().email()))
                .ifPresent(found -> mailLink(found.user().id(), found.user().email()));
    }

    private void mailLink(long userId, String email) {
        tokens.withdraw(PURPOSE, userId);
        mails.verify(userId, email, tokens.issue(PURPOSE, new Meaning(userId, email), LIFETIME));
    }

    /**
     * Opens the account that a link was mailed for, to whoever has its password. So a stranger's password opens nothing when
     * the owner of the address follows the link that the stranger has caused. Comparing it is a try.
     *
     * @throws Refusal 422 without a password, 429 after too many wrong ones, 503 when too many are waiting
     */
    LinkResult confirm(@Nullable String token, @Nullable String password, Client client) {
        if (password == null) throw Refusal.ofField("password", "missing", "is needed");
        var meaning = tokens.read(PURPOSE, token).orElse(null);
        if (meaning == null || meaning.userId() == null || meaning.content() == null) return new NotGood();
        long userId = meaning.userId();
        try (var attempt = throttle.admit(STEP, userId, client)) {
            var hash = store.credentials(userId)
                    .map(AccountStore.Credentials::passwordHash)
                    .orElse(null);
            if (!passwords.match(password, hash) || hash == null) {
                log.recordRefused(Act.of("users.verify_email", "user:" + userId));
                return new WrongPassword();
            }
            attempt.succeeded();
            return use(token, userId, meaning.content(), hash);
        }
    }

    /** The user first and the link then, as who registers anew: two who lock them crosswise would wait for each other. */
    private LinkResult use(@Nullable String token, long userId, String email, String hash) {
        return requireNonNull(transaction.execute(status -> {
            if (!changes.verifyEmail(userId, email, hash)
                    || tokens.use(PURPOSE, token).isEmpty()) {
                status.setRollbackOnly();
                return new NotGood();
            }
            var user = "user:" + userId;
            log.record(Act.of("users.verify_email", user).by(user));
            return new Done(userId);
        }));
    }
}
