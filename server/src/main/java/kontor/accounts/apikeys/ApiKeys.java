package kontor.accounts.apikeys;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;
import kontor.accounts.OpenAccounts;
import kontor.accounts.apikeys.CreateKeyResult.Created;
import kontor.accounts.apikeys.CreateKeyResult.TooMany;
import kontor.accounts.notices.SecurityNotices;
import kontor.accounts.sessions.ApiKeyForm;
import kontor.accounts.sessions.KnownTokens;
import kontor.accounts.sessions.Opaque;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.OAuthClient;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.PlainText;
import kontor.web.RateLimits;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The API keys of users: making, finding and revoking them. Revoking acts as ending a session does. */
@Service
class ApiKeys {
    private static final int MOST = 50;
    private static final Duration USUAL = Duration.ofDays(90);
    private static final Duration LONGEST = Duration.ofDays(366); // a year, leap years and clocks included
    private static final Duration KEPT = Duration.ofDays(30); // somebody may ask what a key that is over was for
    private final ApiKeyStore store;
    private final KnownTokens known;
    private final OpenAccounts open;
    private final Idempotency idempotency;
    private final RateLimits limits;
    private final AuditLog log;
    private final SecurityNotices notices;
    private final TransactionTemplate transaction;

    ApiKeys(
            ApiKeyStore store,
            KnownTokens known,
            OpenAccounts open,
            Idempotency idempotency,
            RateLimits limits,
            AuditLog log,
            SecurityNotices notices,
            TransactionTemplate transaction) {
        this.store = store;
        this.known = known;
        this.open = open;
        this.idempotency = idempotency;
        this.limits = limits;
        this.log = log;
        this.notices = notices;
        this.transaction = transaction;
    }

    /** What is recorded of a key: not what its user calls it, for the log keeps what it has for good. */
    private record Recorded(
            long userId,
            String beginning,
            SortedSet<String> scopes,
            @Nullable Integer requestsPerSecond,
            Instant expiresAt,
            @Nullable Instant revokedAt) {
        static Recorded of(ApiKey key) {
            return new Recorded(
                    key.userId(),
                    key.beginning(),
                    key.scopes(),
                    key.requestsPerSecond(),
                    key.expiresAt(),
                    key.revokedAt());
        }
    }

    /**
     * Makes a key of the caller's.
     *
     * @throws Refusal 422 naming what breaks a rule, 403 {@code beyond_own_rights}
     */
    CreateKeyResult create(NewApiKey wanted, Caller caller) {
        var allowed = Scopes.checked(wanted.scopes(), caller);
        checkRate(wanted.requestsPerSecond());
        var key = ApiKeyForm.random();
        return inTransaction(() -> {
            open.holdAlone(caller.userId());
            var until = endOf(wanted, store.now());
            if (store.count(caller.userId()) >= MOST) return new TooMany(MOST);
            var made = store.insert(
                    caller.userId(),
                    wanted.name().strip(),
                    Opaque.hash(key),
                    ApiKeyForm.beginning(key),
                    allowed,
                    wanted.requestsPerSecond(),
                    until);
            log.record(act("create", made).changed(null, Recorded.of(made)));
            notices.apiKeyCreated(caller.userId());
            return new Created(made, key);
        });
    }

    /**
     * Newest first, for a while also those that are over.
     *
     * @param userId whose; null for everybody's
     */
    Page<ApiKey> list(@Nullable Long userId, PageRequest page) {
        var found = store.list(userId, page.after(Long.MAX_VALUE), page.limit() + 1);
        return Page.of(found, page.limit(), key -> PageRequest.cursor(key.id()));
    }

    /** @param userId whose it must be; null for anybody's */
    Optional<ApiKey> find(long id, @Nullable Long userId) {
        return store.find(id, userId);
    }

    /**
     * One that has been revoked stays so.
     *
     * @param userId whose it must be; null for anybody's
     * @return false when there is no such key
     */
    boolean revoke(long id, @Nullable Long userId) {
        return inTransaction(() -> {
            var before = store.find(id, userId);
            if (before.isEmpty()) return false;
            store.revoke(id).ifPresent(after -> {
                log.record(act("revoke", after).changed(Recorded.of(before.get()), Recorded.of(after)));
                known.forgetKey(id);
            });
            return true;
        });
    }

    @Scheduled(
            initialDelayString = "${kontor.accounts.clearing-interval:1h}",
            fixedDelayString = "${kontor.accounts.clearing-interval:1h}")
    void clear() {
        transaction.executeWithoutResult(_ -> store.clear(KEPT).forEach(this::forgetAnswers));
    }

    /** Takes all keys of a user away, and what was answered to them. */
    void erase(long userId) {
        store.erase(userId).forEach(this::forgetAnswers);
    }

    private void forgetAnswers(long id) {
        idempotency.forget(OAuthClient.ofApiKey(id, Set.of(), 0).id());
    }

    private void checkRate(@Nullable Integer wanted) {
        var most = limits.requestsPerSecond();
        if (wanted != null && most > 0 && wanted > most)
            throw Refusal.ofField("requests_per_second", "out_of_range", "must be at most " + most);
    }

    private static Instant endOf(NewApiKey wanted, Instant now) {
        if (wanted.expiresAt() == null) return now.plus(USUAL);
        if (!wanted.expiresAt().isAfter(now)) throw Refusal.ofField("expires_at", "out_of_range", "has passed");
        if (wanted.expiresAt().isAfter(now.plus(LONGEST))) {
            PlainText.Check.refuseCardData(
                    Long.toString(wanted.expiresAt().getEpochSecond())); // a time may be a number
            throw Refusal.ofField("expires_at", "out_of_range", "must be at most 366 days ahead");
        }
        return wanted.expiresAt();
    }

    private static Act act(String action, ApiKey key) {
        return Act.of("api_keys." + action, "key:" + key.id());
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }
}
