package kontor.accounts.federation;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kontor.accounts.Directory;
import kontor.accounts.LoginResult;
import kontor.accounts.LoginResult.Wrong;
import kontor.accounts.Logins;
import kontor.accounts.federation.EnterResult.AccountExists;
import kontor.accounts.federation.EnterResult.Entered;
import kontor.accounts.federation.EnterResult.NoAccount;
import kontor.accounts.federation.EnterResult.NoAddress;
import kontor.accounts.federation.EnterResult.Shut;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.throttling.Throttle;
import kontor.accounts.throttling.Throttle.Try;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Lets people in whom the directory knows. */
@Service
class DirectoryLogins implements Directory {
    private static final Set<String> METHODS = Set.of("pwd", "fed");
    private final LdapSettings settings;
    private final @Nullable LdapDirectory directory;
    private final Identities identities;
    private final Logins logins;
    private final Throttle throttle;
    private final AuditLog log;

    DirectoryLogins(LdapSettings settings, Identities identities, Logins logins, Throttle throttle, AuditLog log) {
        this.settings = settings;
        this.directory = settings.isSet() ? new LdapDirectory(settings) : null;
        this.identities = identities;
        this.logins = logins;
        this.throttle = throttle;
        this.log = log;
    }

    boolean isThere() {
        return directory != null;
    }

    @Override
    public boolean answersFor(String name) {
        return directory != null && !name.isBlank() && directory.knows(name);
    }

    @Override
    public Optional<String> domain() {
        return settings.isSet() ? Optional.ofNullable(settings.domain()) : Optional.empty();
    }

    @Override
    public LoginResult byPassword(String typed, String password, SessionKind kind, Client client) {
        var name = nameOf(typed);
        try (var attempt = throttle.admitElsewhere(name, client)) {
            var person = ask(name, password, attempt);
            if (person == null) return wrong();
            return switch (identities.enter(person, settings.createUsers())) {
                case Entered(var user) -> {
                    attempt.succeeded();
                    yield logins.letIn(user, METHODS, kind, client);
                }
                case Shut() -> wrong();
                case AccountExists() -> throw FederationAnswers.accountExists();
                case NoAccount() -> throw FederationAnswers.noAccount();
                case NoAddress() -> throw FederationAnswers.noAddress();
            };
        }
    }

    /**
     * Has a user, who is signed in, log in by the directory too.
     *
     * @return null when name or password is wrong
     */
    @Nullable
    LinkResult link(long user, String typed, String password, Client client) {
        var name = nameOf(typed);
        try (var attempt = throttle.admitElsewhere(name, client)) {
            var person = ask(name, password, attempt);
            if (person == null) return null;
            attempt.succeeded();
            return identities.link(user, person);
        }
    }

    /** One name, and one budget of tries, however it was typed. */
    private String nameOf(String typed) {
        return directory == null ? typed : directory.nameOf(typed);
    }

    /** What was typed as the name is not recorded: it may be the password. */
    private Wrong wrong() {
        log.recordRefused(Act.of("login.failed", null).with(Map.of("issuer", LdapDirectory.ISSUER)));
        return new Wrong();
    }

    private @Nullable Person ask(String name, String password, Try attempt) {
        if (directory == null) return null;
        try {
            return directory.find(name, password).orElse(null);
        } catch (IOException e) {
            attempt.notLookedAt();
            throw FederationAnswers.directoryUnavailable();
        }
    }
}
