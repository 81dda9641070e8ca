package kontor.accounts;

import java.time.Duration;
import kontor.accounts.LinkResult.Done;
import kontor.accounts.LinkResult.NotGood;
import kontor.accounts.RegisterResult.EmailTaken;
import kontor.accounts.RegisterResult.Registered;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Has people show that mail to their address reaches them. */
@Service
class Verifications {
    private static final String PURPOSE = "verify_email";
    private static final Duration LIFETIME = Duration.ofHours(24);
    private final Accounts accounts;
    private final AccountStore store;
    private final UserChangeStore changes;
    private final OpenAccounts open;
    private final OneTimeTokens tokens;
    private final AccountMails mails;
    private final AuditLog log;

    Verifications(
            Accounts accounts,
            AccountStore store,
            UserChangeStore changes,
            OpenAccounts open,
            OneTimeTokens tokens,
            AccountMails mails,
            AuditLog log) {
        this.accounts = accounts;
        this.store = store;
        this.changes = changes;
        this.open = open;
        this.tokens = tokens;
        this.mails = mails;
        this.log = log;
    }

    /**
     * Opens an account that waits for its link, or tells whoever has one already. For an account that still waits the last
     * name and password count, and older links are not good any more: who registers somebody else's address has nothing of
     * it when the owner comes.
     */
    @Transactional
    void register(Registration.Checked wanted, String hash) {
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

    /** Nothing happens without an account that waits. */
    @Transactional
    void mailAgain(String email) {
        store.credentials(email)
                .filter(found -> found.passwordHash() != null && found.user().state() == UserState.UNVERIFIED)
                .filter(found -> open.hold(found.user().id()))
                .ifPresent(found -> mailLink(found.user().id(), found.user().email()));
    }

    private void mailLink(long userId, String email) {
        tokens.withdraw(PURPOSE, userId);
        mails.verify(userId, email, tokens.issue(PURPOSE, new Meaning(userId, email), LIFETIME));
    }

    @Transactional
    LinkResult confirm(@Nullable String token) {
        var meaning = tokens.use(PURPOSE, token).orElse(null);
        if (meaning == null || meaning.userId() == null || meaning.content() == null) return new NotGood();
        if (!changes.verifyEmail(meaning.userId(), meaning.content())) return new NotGood();
        var user = "user:" + meaning.userId();
        log.record(Act.of("users.verify_email", user).by(user));
        return new Done(meaning.userId());
    }
}
