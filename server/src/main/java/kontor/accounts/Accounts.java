package kontor.accounts;

import java.util.List;
import java.util.Optional;
import kontor.accounts.RegisterResult.EmailTaken;
import kontor.accounts.RegisterResult.Registered;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Sessions;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The people who have an account: registering them and finding them. */
@Service
public class Accounts {
    private static final String CUSTOMER = "customer";
    private static final String ADMIN = "admin";
    private final AccountStore store;
    private final Passwords passwords;
    private final Sessions sessions;
    private final TransactionTemplate transaction;

    Accounts(AccountStore store, Passwords passwords, Sessions sessions, TransactionTemplate transaction) {
        this.store = store;
        this.passwords = passwords;
        this.sessions = sessions;
        this.transaction = transaction;
    }

    /**
     * Opens an account with the role {@code customer}.
     *
     * @throws Refusal 422 naming every field that breaks a rule, 503 when too many passwords wait to be hashed
     */
    public RegisterResult register(Registration registration) {
        return create(registration, CUSTOMER);
    }

    /** The same with the role {@code admin}, which may do everything. Who asks for it must have been checked before. */
    public RegisterResult createAdmin(Registration registration) {
        return create(registration, ADMIN);
    }

    public Optional<User> find(long id) {
        return store.find(id);
    }

    /** Newest first. */
    public Page<User> list(UserFilter filter, PageRequest page) {
        var found = store.list(filter, page.after(Long.MAX_VALUE), page.limit() + 1);
        return Page.of(found, page.limit(), user -> PageRequest.cursor(user.id()));
    }

    /**
     * An access token without a login, for benchmarks and demonstrations.
     *
     * @throws IllegalArgumentException if there is no such user
     */
    public String issueToken(long userId) {
        if (store.find(userId).isEmpty()) throw new IllegalArgumentException("There is no user " + userId);
        return sessions.accessToken(userId, List.of("pwd"), new Client("127.0.0.1", null, null));
    }

    /** Whether anybody but the account with this address may do everything. */
    public boolean hasAdminBesides(String email) {
        return store.hasAdminBesides(email);
    }

    boolean hasAdmin() {
        return store.hasAdmin();
    }

    /** Nothing comes back when another node that starts at the same time has made one. */
    Optional<RegisterResult> createFirstAdmin(Registration registration) {
        var wanted = registration.checked();
        var hash = passwords.hash(wanted.password());
        return transaction.execute(_ -> {
            store.awaitTurnToSetUp();
            return store.hasAdmin() ? Optional.empty() : Optional.of(insert(wanted, hash, ADMIN));
        });
    }

    /** Opens the account of a customer whose password was hashed before: that takes long, and this may run in a transaction. */
    RegisterResult register(Registration.Checked wanted, String hash) {
        return insert(wanted, hash, CUSTOMER);
    }

    /** Opens the account of a customer who chooses a password later, by a link that is mailed to them. */
    RegisterResult invite(Registration.Invitation wanted) {
        return result(store.insert(wanted.name(), wanted.email(), null, CUSTOMER, true));
    }

    /** Opens the account of a customer who has to show first that mail reaches them. */
    RegisterResult registerUnverified(Registration.Checked wanted, String hash) {
        return result(store.insert(wanted.name(), wanted.email(), hash, CUSTOMER, true));
    }

    /** @throws Refusal 503 when too many passwords wait to be hashed */
    String hash(Registration.Checked wanted) {
        return passwords.hash(wanted.password());
    }

    /** Whether the account with this address has this password. */
    boolean isPassword(String email, String password) {
        var hash = store.credentials(email)
                .map(AccountStore.Credentials::passwordHash)
                .orElse(null);
        return passwords.match(password, hash);
    }

    private RegisterResult create(Registration registration, String role) {
        var wanted = registration.checked();
        return insert(wanted, hash(wanted), role);
    }

    private RegisterResult insert(Registration.Checked wanted, String hash, String role) {
        return result(store.insert(wanted.name(), wanted.email(), hash, role, false));
    }

    private static RegisterResult result(Optional<User> created) {
        return created.<RegisterResult>map(Registered::new).orElseGet(EmailTaken::new);
    }
}
