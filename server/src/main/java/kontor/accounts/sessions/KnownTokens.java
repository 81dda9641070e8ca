package kontor.accounts.sessions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import kontor.accounts.sessions.AccessTokens.Verified;
import kontor.accounts.sessions.CallerStore.ByKey;
import kontor.web.Caller;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Who stands behind a bearer token, an API key or a session's cookie. A token is verified when it first comes in; after that it is
 * found in memory, with its caller ready, until it expires. While it is in use, whether its session goes on and what its
 * user may do is read again every few seconds; after a longer pause nobody goes on with what was known before it.
 */
@Component
public class KnownTokens {
    private static final Logger log = LoggerFactory.getLogger(KnownTokens.class);
    private static final byte[] NO_KEY = {};
    private static final long PAUSE = Duration.ofMillis(500).toNanos();
    private static final long LONGEST_UNREAD = Duration.ofSeconds(30).toNanos();
    private final AccessTokens tokens;
    private final SessionStore sessions;
    private final CallerStore callers;
    private final long recheck;
    private final Cache<String, Known> known;
    private final Set<UUID> used = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<Long, String> usedKeys = new ConcurrentHashMap<>();

    KnownTokens(AccessTokens tokens, SessionStore sessions, CallerStore callers, SessionSettings settings) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.callers = callers;
        this.recheck = settings.tokenRecheck().toNanos();
        this.known = Caffeine.newBuilder()
                .maximumSize(settings.tokensKnown())
                .expireAfterWrite(settings.tokenLifetime().plus(Duration.ofMinutes(1)))
                .build();
    }

    /** Whether a token, key or cookie has been good here a moment ago, so that finding out who is behind it costs nothing. */
    boolean remembers(String secret) {
        return known.getIfPresent(secret) != null;
    }

    /** @return null for a token that is not good, or not any more */
    public @Nullable Authentication ofToken(String token) {
        var found = known.getIfPresent(token);
        if (found != null) return found.token == null ? null : found.recheckedWhenDue(); // a cookie is no token
        var verified = tokens.verify(token);
        if (verified.isEmpty()) return null;
        found = new Known(verified.get());
        known.put(token, found);
        return found.authentication();
    }

    /**
     * @param network where it comes from
     * @return null for an API key that is not good, or not any more
     */
    @Nullable
    Authentication ofKey(String key, String network) {
        var found = known.getIfPresent(key);
        if (found == null) {
            if (!ApiKeyForm.isWellFormed(key)) return null;
            var hash = Opaque.hash(key);
            var caller = callers.callerByKey(hash);
            if (caller.isEmpty()) return null;
            found = new Known(caller.get(), hash);
            known.put(key, found);
        }
        var authentication = found.recheckedWhenDue();
        if (authentication != null) usedKeys.put(found.keyId, network);
        return authentication;
    }

    /** @return null when there is no such session, or not any more */
    public @Nullable Authentication ofCookie(String secret) {
        var found = known.getIfPresent(secret);
        if (found != null) return found.recheckedWhenDue(); // tokens and keys have another form
        var caller = callers.callerByCookie(Opaque.hash(secret));
        if (caller.isEmpty() || caller.get().login() == null) return null;
        found = new Known(caller.get(), caller.get().login().session());
        known.put(secret, found);
        return found.authentication();
    }

    /** What a browser sends along to show that a page of ours has asked. It follows from the cookie, which scripts do not see. */
    static String csrfToken(String secret) {
        return Opaque.derived(secret, "csrf");
    }

    /** Has the session looked up again. Inside a transaction that happens when it has been committed. */
    void forget(UUID session) {
        forget(entry -> session.equals(entry.session));
    }

    void forgetAllOf(long userId) {
        forget(entry -> entry.userId == userId);
    }

    void forgetClient(String clientId) {
        forget(entry -> entry.token != null
                && entry.token.client() != null
                && entry.token.client().id().equals(clientId));
    }

    /** Has the API key looked up again. Inside a transaction that happens when it has been committed. */
    public void forgetKey(long id) {
        forget(entry -> entry.keyId == id);
    }

    private void forget(Predicate<Known> which) {
        known.asMap().values().removeIf(which);
        if (!TransactionSynchronizationManager.isSynchronizationActive()) return;
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                known.asMap().values().removeIf(which);
            }
        });
    }

    /** Writes down which sessions and API keys have been in use, in one statement for all of a kind. */
    @Scheduled(fixedDelayString = "${kontor.accounts.session-use-interval:1m}")
    void noteUse() {
        var seen = Set.copyOf(used);
        if (!seen.isEmpty()) sessions.used(seen);
        used.removeAll(seen);
        var keys = Map.copyOf(usedKeys);
        if (!keys.isEmpty()) callers.usedKeys(keys);
        keys.forEach(usedKeys::remove); // one that is used from elsewhere meanwhile stays
    }

    private final class Known {
        private final @Nullable UUID session; // null for an API key
        private final long userId;
        private final @Nullable Verified token;
        private final long keyId; // 0 unless it is an API key
        private final byte[] keyHash;
        private final AtomicLong checked = new AtomicLong(System.nanoTime());
        private final ReentrantLock reading = new ReentrantLock();
        private volatile long read = System.nanoTime(); // when what is known was read
        private volatile @Nullable Authentication authentication;

        Known(Verified token) {
            this.session = token.session();
            this.userId = token.userId();
            this.token = token;
            this.keyId = 0;
            this.keyHash = NO_KEY;
            this.authentication = read();
        }

        Known(Caller caller, UUID session) {
            this.session = session;
            this.userId = caller.userId();
            this.token = null;
            this.keyId = 0;
            this.keyHash = NO_KEY;
            this.authentication = authenticated(Optional.of(caller));
            used.add(session);
        }

        Known(ByKey key, byte[] hash) {
            this.session = null;
            this.userId = key.caller().userId();
            this.token = null;
            this.keyId = key.id();
            this.keyHash = hash;
            this.authentication = authenticated(Optional.of(key.caller()));
        }

        @Nullable
        Authentication authentication() {
            return token != null && tokens.isOver(token) ? null : authentication;
        }

        /** One caller reads; whoever comes meanwhile goes on with what was known, if that is not long ago. */
        @Nullable
        Authentication recheckedWhenDue() {
            var last = checked.get();
            var now = System.nanoTime();
            if (now - last >= recheck) {
                if (now - last >= recheck + PAUSE) readAgainAfterAPause(last);
                else if (checked.compareAndSet(last, now)) readAgain();
            }
            return authentication();
        }

        private void readAgainAfterAPause(long last) {
            reading.lock();
            try {
                if (checked.get() != last) return; // somebody has just read
                readAgain();
                checked.set(System.nanoTime());
            } finally {
                reading.unlock();
            }
        }

        private void readAgain() {
            var begun = System.nanoTime();
            try {
                authentication = read();
                read = begun;
            } catch (DataAccessException e) {
                if (begun - read > LONGEST_UNREAD) throw e; // it may have ended long ago
                log.debug("The session of user {} could not be read again; what was known stays", userId, e);
            }
        }

        private @Nullable Authentication read() {
            if (session == null)
                return authenticated(callers.callerByKey(keyHash).map(ByKey::caller));
            used.add(session);
            var client = token == null ? null : token.client();
            return authenticated(
                    client == null ? callers.caller(session, userId) : callers.callerByClient(session, userId, client));
        }

        private static @Nullable Authentication authenticated(Optional<Caller> caller) {
            return caller.map(found -> UsernamePasswordAuthenticationToken.authenticated(found, null, List.of()))
                    .orElse(null);
        }
    }
}
