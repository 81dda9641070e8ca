package kontor.accounts.federation;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import kontor.accounts.Administrators;
import kontor.accounts.EmailAddress;
import kontor.accounts.Issuers;
import kontor.accounts.OpenAccounts;
import kontor.accounts.OwnRights;
import kontor.accounts.PersonName;
import kontor.accounts.WaysIn;
import kontor.accounts.federation.EnterResult.AccountExists;
import kontor.accounts.federation.EnterResult.Entered;
import kontor.accounts.federation.EnterResult.NoAccount;
import kontor.accounts.federation.EnterResult.NoAddress;
import kontor.accounts.federation.EnterResult.Shut;
import kontor.accounts.federation.IdentityStore.Known;
import kontor.accounts.federation.LinkResult.Linked;
import kontor.accounts.federation.LinkResult.Taken;
import kontor.accounts.notices.SecurityNotices;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Caller;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Which user somebody is whom an issuer knows. By issuer and subject alone: an address is nothing that anybody has for
 * good, and a provider may let everybody write whatever they like there.
 */
@Service
class Identities {
    private static final String CUSTOMER = "customer";
    private final IdentityStore store;
    private final OpenAccounts open;
    private final WaysIn waysIn;
    private final Administrators administrators;
    private final OwnRights rights;
    private final Issuers issuers;
    private final AuditLog log;
    private final SecurityNotices notices;
    private final TransactionTemplate transaction;

    Identities(
            IdentityStore store,
            OpenAccounts open,
            WaysIn waysIn,
            Administrators administrators,
            OwnRights rights,
            Issuers issuers,
            AuditLog log,
            SecurityNotices notices,
            TransactionTemplate transaction) {
        this.store = store;
        this.open = open;
        this.waysIn = waysIn;
        this.administrators = administrators;
        this.rights = rights;
        this.issuers = issuers;
        this.log = log;
        this.notices = notices;
        this.transaction = transaction;
    }

    /**
     * Finds the user, or makes one; and has them have the roles that the issuer says.
     *
     * @param createUsers whether somebody new becomes a user
     */
    EnterResult enter(Person person, boolean createUsers) {
        return inTransaction(() -> {
            var known = store.find(person.issuer(), person.subject());
            return known.isPresent() ? entered(known.get(), person) : enterNew(person, createUsers);
        });
    }

    private EnterResult enterNew(Person person, boolean createUsers) {
        if (!createUsers) return new NoAccount();
        var email = person.email();
        if (email == null || !person.emailVerified() || !isUsable(email)) return new NoAddress();
        store.awaitTurn(person.issuer(), person.subject());
        var meanwhile = store.find(person.issuer(), person.subject());
        if (meanwhile.isPresent()) return entered(meanwhile.get(), person);
        var made = store.insertUser(nameOf(person, email), email, CUSTOMER);
        if (made.isEmpty()) return new AccountExists();
        long user = made.get();
        var identity = store.insert(user, person).orElseThrow();
        log.record(Act.of("users.create", subject(user))
                .with(Map.of("issuer", person.issuer(), "identity", identity.id()))
                .by(actor(person.issuer())));
        return entered(new Known(identity, user, false), person);
    }

    private EnterResult entered(Known known, Person person) {
        if (known.isShut()) return new Shut();
        if (!setRoles(known.userId(), person.issuer(), person.roles())) return new Shut();
        store.loggedIn(known.identity().id(), person.loginName());
        return new Entered(known.userId());
    }

    /** @return false, and nothing changed, when nobody is let into the account any more */
    private boolean setRoles(long user, String issuer, @Nullable Set<String> wanted) {
        if (wanted == null || !store.hasRolesToChange(user, issuer, wanted)) return true;
        administrators.awaitTurn(); // before any lock of a user, as everybody who takes roles away
        if (!open.tryToHoldAlone(user)) return false;
        changeRoles(user, issuer, wanted);
        return true;
    }

    private void changeRoles(long user, String issuer, Set<String> wanted) {
        var before = store.roles(user);
        if (!store.setRoles(user, issuer, wanted, administrators.isLast(user))) return;
        var after = store.roles(user);
        if (!before.containsAll(after)) rights.grown(user);
        log.record(Act.of("users.roles", subject(user))
                .changed(Map.of("roles", before), Map.of("roles", after))
                .by(actor(issuer)));
    }

    /**
     * Has a user, who is signed in, log in by this way too.
     *
     * @throws Refusal 401 when the user has been erased or disabled meanwhile
     */
    LinkResult link(long user, Person person) {
        return inTransaction(() -> {
            open.holdAlone(user);
            var linked = store.insert(user, person);
            if (linked.isEmpty())
                return store.find(person.issuer(), person.subject())
                        .filter(known -> known.userId() == user)
                        .<LinkResult>map(known -> new Linked(known.identity()))
                        .orElseGet(Taken::new);
            log.record(Act.of("identities.link", subject(user))
                    .with(Map.of(
                            "issuer", person.issuer(), "identity", linked.get().id())));
            notices.identityLinked(user);
            return new Linked(linked.get());
        });
    }

    /** Oldest first. */
    List<Identity> list(long user) {
        return store.list(user);
    }

    Optional<Identity> find(long id, long user) {
        return store.find(id, user);
    }

    /**
     * Removes an identity of the caller's, and the roles that its issuer gave.
     *
     * @return false when this user has no such identity
     * @throws Refusal 409 {@code last_way_in} or {@code last_admin}; nothing was removed
     */
    boolean remove(long id, long user) {
        return inTransaction(() -> {
            administrators.awaitTurn();
            open.holdAlone(user); // two at once would each leave the other's
            return remove(id, user, waysIn::requireOneBesideMail);
        });
    }

    /**
     * The same for staff, about somebody whom that login lets in no more. Mail may let them in again then.
     *
     * @throws Refusal 403 {@code own_rights} for oneself or {@code beyond_own_rights}, 409 as above; nothing was removed
     */
    boolean removeOf(long user, long id, Caller caller) {
        if (user == caller.userId())
            throw new Refusal(HttpStatus.FORBIDDEN, "own_rights", "One's own logins elsewhere one removes by oneself.");
        return inTransaction(() -> {
            administrators.awaitTurn();
            if (!open.holdThereAlone(user)) return false;
            rights.requireAllOf(user, caller);
            return remove(id, user, waysIn::requireOneOfUser);
        });
    }

    private boolean remove(long id, long user, LongConsumer requireAnother) {
        var identity = store.find(id, user).orElse(null);
        if (identity == null) return false;
        store.delete(id);
        var issuer = identity.issuer();
        if (issuers.present().contains(issuer)) { // else it let nobody in
            requireAnother.accept(user);
            administrators.requireOneBehind(user);
        }
        log.record(Act.of("identities.remove", subject(user)).changed(Map.of("issuer", issuer, "identity", id), null));
        notices.identityRemoved(user);
        if (store.list(user).stream().noneMatch(other -> other.issuer().equals(issuer))) {
            if (store.isAdminBy(user, issuer) && administrators.isLast(user)) throw lastAdmin();
            changeRoles(user, issuer, Set.of());
        }
        return true;
    }

    /** Removes all that is known of a user elsewhere; the roles go with the user. */
    void erase(long user) {
        store.deleteAll(user);
    }

    private static Refusal lastAdmin() {
        return new Refusal(
                HttpStatus.CONFLICT,
                "last_admin",
                "Nobody would be left who may do everything: that role comes from there. Make another one admin first.");
    }

    private static boolean isUsable(String email) {
        return EmailAddress.isValid(email) && !PlainText.Check.holdsCardNumber(email);
    }

    /** As the issuer says it, when that is a name by our rule. */
    private static String nameOf(Person person, String email) {
        var name = person.name();
        if (name == null || PersonName.faultIn(name).isPresent() || PlainText.Check.holdsCardNumber(name))
            return email.substring(0, email.indexOf('@'));
        return name.strip();
    }

    private static String subject(long user) {
        return "user:" + user;
    }

    private static String actor(String issuer) {
        return "issuer:" + issuer;
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }
}
