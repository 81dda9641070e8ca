package kontor.accounts;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kontor.accounts.sessions.Sessions;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What users and staff change about an account, up to taking the person out of it. */
@Service
class Profiles {
    private final AccountStore store;
    private final UserChangeStore changes;
    private final Administrators administrators;
    private final OwnRights rights;
    private final Sessions sessions;
    private final List<PersonalData> personalData;
    private final Idempotency idempotency;
    private final AuditLog log;
    private final Clock clock;

    Profiles(
            AccountStore store,
            UserChangeStore changes,
            Administrators administrators,
            OwnRights rights,
            Sessions sessions,
            List<PersonalData> personalData,
            Idempotency idempotency,
            AuditLog log,
            Clock clock) {
        this.store = store;
        this.changes = changes;
        this.administrators = administrators;
        this.rights = rights;
        this.sessions = sessions;
        this.personalData = personalData;
        this.idempotency = idempotency;
        this.log = log;
        this.clock = clock;
    }

    /** What is recorded of a profile: neither the address nor the name, for the log keeps what it has for good. */
    private record Recorded(
            @Nullable Boolean otherName,
            @Nullable String locale,
            @Nullable String timeZone) {
        static Recorded of(User user, @Nullable Boolean otherName) {
            return new Recorded(otherName, user.locale(), user.timeZone());
        }
    }

    /**
     * @param version the one that the caller has seen; null to change whatever is there
     * @throws Refusal 422, 404, 412 when it is no longer at that version, 403 {@code beyond_own_rights}
     */
    @Transactional
    public User change(long id, @Nullable Long version, UserChange change, Caller caller) {
        var wanted = change.checked();
        changes.lock(id);
        var before = standing(id);
        if (id != caller.userId()) rights.requireAllOf(id, caller);
        if (!changes.changeProfile(id, version, wanted)) throw versionChanged(before);
        var after = standing(id);
        log.record(Act.of("users.change", "user:" + id)
                .changed(
                        Recorded.of(before, null),
                        Recorded.of(after, before.name().equals(after.name()) ? null : Boolean.TRUE)));
        return after;
    }

    /**
     * Keeps a user out, at once and until they are let in again.
     *
     * @throws Refusal 404, 403 {@code own_rights} for oneself or {@code beyond_own_rights}, 409 {@code last_admin}
     */
    @Transactional
    public User disable(long id, Caller caller) {
        administrators.awaitTurn();
        changes.lock(id);
        standing(id);
        if (administrators.isLast(id)) throw Administrators.lastAdmin();
        if (id == caller.userId())
            throw new Refusal(HttpStatus.FORBIDDEN, "own_rights", "Somebody else has to disable you.");
        rights.requireAllOf(id, caller);
        if (changes.disable(id)) log.record(Act.of("users.disable", "user:" + id));
        sessions.endAll(id, null, Sessions.STAFF);
        return standing(id);
    }

    /** @throws Refusal 404, 403 {@code beyond_own_rights} */
    @Transactional
    public User enable(long id, Caller caller) {
        administrators.awaitTurn();
        changes.lock(id);
        standing(id);
        rights.requireAllOf(id, caller);
        if (changes.enable(id)) log.record(Act.of("users.enable", "user:" + id));
        return standing(id);
    }

    /**
     * Takes the person out: name, address, password, logins, and what other modules keep of them that the books do not
     * need. The id stays, and with it orders, payments and books. Once more does nothing.
     *
     * @throws Refusal 404, 403 {@code beyond_own_rights}, 409 {@code last_admin}, or what other modules say, such as
     *     {@code open_orders}; nothing was erased
     */
    @Transactional
    public void erase(long id, Caller caller) {
        administrators.awaitTurn();
        changes.lock(id);
        var user = store.find(id).orElseThrow(() -> Refusal.notFound("user"));
        if (user.state() == UserState.ERASED) return;
        if (administrators.isLast(id)) throw Administrators.lastAdmin();
        if (id != caller.userId()) rights.requireAllOf(id, caller);
        for (var each : personalData)
            each.reasonToKeep(id).ifPresent(reason -> {
                throw reason;
            });
        for (var each : personalData) each.erase(id);
        idempotency.forget("user:" + id);
        idempotency.forget(Caller.GUEST.principal(user.email()));
        idempotency.forgetAbout("users", List.of(id));
        changes.erase(id);
        log.record(Act.of("users.erase", "user:" + id));
    }

    /** @throws Refusal 404, 403 {@code beyond_own_rights} */
    @Transactional
    public PersonalExport export(long id, Caller caller) {
        var user = standing(id);
        if (id != caller.userId()) rights.requireAllOf(id, caller);
        Map<String, Object> records = new LinkedHashMap<>();
        for (var each : personalData) records.put(each.name(), each.of(id));
        log.record(Act.of("users.export", "user:" + id));
        return new PersonalExport(clock.instant(), user, records);
    }

    private User standing(long id) {
        return store.find(id)
                .filter(user -> user.state() != UserState.ERASED)
                .orElseThrow(() -> Refusal.notFound("user"));
    }

    private static Refusal versionChanged(User now) {
        return new Refusal(
                HttpStatus.PRECONDITION_FAILED,
                "version_changed",
                "This user has changed meanwhile. Read it again and repeat your change.",
                Map.of("version", now.version()),
                List.of());
    }
}
