package kontor.accounts;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import kontor.accounts.AccountStore.Credentials;
import kontor.accounts.LinkResult.Done;
import kontor.accounts.LinkResult.NotGood;
import kontor.accounts.notices.SecurityNotices;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.sessions.Sessions;
import kontor.accounts.throttling.Throttle;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets people choose a password by a link that is mailed to them. */
@Service
class PasswordResets {
    private static final String RESET = "reset_password";
    private static final String INVITATION = "accept_invitation";
    private static final Duration RESET_LIFETIME = Duration.ofMinutes(30);
    private static final Duration INVITATION_LIFETIME = Duration.ofHours(24);
    private final AccountStore store;
    private final UserChangeStore changes;
    private final OpenAccounts open;
    private final WaysIn waysIn;
    private final Passwords passwords;
    private final OneTimeTokens tokens;
    private final Sessions sessions;
    private final Throttle throttle;
    private final AccountMails mails;
    private final SecurityNotices notices;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    PasswordResets(
            AccountStore store,
            UserChangeStore changes,
            OpenAccounts open,
            WaysIn waysIn,
            Passwords passwords,
            OneTimeTokens tokens,
            Sessions sessions,
            Throttle throttle,
            AccountMails mails,
            SecurityNotices notices,
            AuditLog log,
            TransactionTemplate transaction) {
        this.store = store;
        this.changes = changes;
        this.open = open;
        this.waysIn = waysIn;
        this.passwords = passwords;
        this.tokens = tokens;
        this.sessions = sessions;
        this.throttle = throttle;
        this.mails = mails;
        this.notices = notices;
        this.log = log;
        this.transaction = transaction;
    }

    private record Link(String purpose, long userId, String email) {}

    /**
     * Mails a link to the owner of the account with this address. Nothing happens when there is none, when it is shut, or
     * when it has no password because its owner logs in elsewhere. Nor past the budget of the address.
     */
    void mail(String email) {
        transaction.executeWithoutResult(_ -> store.credentials(email)
                .map(Credentials::user)
                .filter(user -> open.hold(user.id()) && waysIn.isOpenByMail(user.id()))
                .filter(user -> throttle.mayMail(RESET, user.email()))
                .ifPresent(user -> mails.resetPassword(user.id(), user.email(), issue(RESET, user, RESET_LIFETIME))));
    }

    /** Mails somebody whose account staff have opened. */
    void invite(User user) {
        mails.invite(user.id(), user.email(), issue(INVITATION, user, INVITATION_LIFETIME));
    }

    private String issue(String purpose, User user, Duration lifetime) {
        return tokens.issue(purpose, new Meaning(user.id(), user.email()), lifetime);
    }

    /**
     * Takes the new password. All sessions end, and no browser is known any more: whoever else had got in is out, with what
     * they have left behind.
     *
     * @throws Refusal 422 for a password that breaks a rule; the link stays good
     */
    LinkResult confirm(@Nullable String token, @Nullable String password) {
        refuse(PasswordRules.faultIn(password, null, null));
        var link = read(token).orElse(null);
        if (link == null) return new NotGood();
        var user = store.find(link.userId()).orElseThrow();
        refuse(PasswordRules.faultIn(password, user.name(), user.email()));
        var hash = passwords.hash(requireNonNull(password)); // takes long, so not inside the transaction
        return requireNonNull(transaction.execute(_ -> {
            changes.lock(link.userId()); // before the token: two links of one user would wait for each other
            if (tokens.use(link.purpose(), token).isEmpty()) return new NotGood();
            if (!changes.resetPassword(link.userId(), link.email(), hash)) return new NotGood();
            withdrawLinks(link.userId());
            sessions.endAll(link.userId(), null, Sessions.PASSWORD_CHANGED);
            sessions.revokeKeys(link.userId());
            sessions.forgetDevices(link.userId());
            notices.passwordChanged(link.userId());
            var subject = "user:" + link.userId();
            log.record(Act.of("users.reset_password", subject).by(subject));
            return new Done(link.userId());
        }));
    }

    /** Links that were mailed before the password changed are not good any more, those to another address neither. */
    void withdrawLinks(long userId) {
        for (var purpose : List.of(RESET, INVITATION, Verifications.PURPOSE, EmailChanges.PURPOSE))
            tokens.withdraw(purpose, userId);
    }

    private Optional<Link> read(@Nullable String token) {
        for (var purpose : List.of(RESET, INVITATION)) {
            var meaning = tokens.read(purpose, token).orElse(null);
            if (meaning != null && meaning.userId() != null && meaning.content() != null)
                return Optional.of(new Link(purpose, meaning.userId(), meaning.content()));
        }
        return Optional.empty();
    }

    private static void refuse(Optional<Refusal.FieldError> fault) {
        if (fault.isPresent()) throw Refusal.ofFields(List.of(fault.get()));
    }
}
