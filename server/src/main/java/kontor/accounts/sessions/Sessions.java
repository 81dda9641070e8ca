package kontor.accounts.sessions;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.accounts.sessions.RefreshResult.Refreshed;
import kontor.accounts.sessions.RefreshResult.Refused;
import kontor.accounts.sessions.RefreshTokenStore.Refreshable;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Opens, goes on with and ends sessions. Ending one takes effect here at once, and on every other node as soon as it
 * looks again at the tokens in use.
 */
@Service
public class Sessions {
    /** Why a session ended. */
    public static final String LOGOUT = "logout";

    public static final String PASSWORD_CHANGED = "password_changed";
    public static final String STAFF = "ended_by_staff";
    public static final String SECOND_FACTOR_CHANGED = "second_factor_changed";

    /** The word of RFC 8176 for a login that has shown more than one factor. */
    public static final String SEVERAL_FACTORS = "mfa";

    /** The purpose of tickets between the two steps of a login. */
    public static final String LOGIN_TICKET = "login_ticket";

    private static final String REUSED = "refresh_token_reused";
    private static final Duration GRACE = Duration.ofMinutes(1);
    private static final int MOST_DEVICES = 20;
    private final SessionStore store;
    private final CallerStore callers;
    private final RefreshTokenStore refreshTokens;
    private final DeviceStore devices;
    private final AccessTokens tokens;
    private final KnownTokens known;
    private final OneTimeTokens oneTimeTokens;
    private final SessionSettings settings;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    Sessions(
            SessionStore store,
            CallerStore callers,
            RefreshTokenStore refreshTokens,
            DeviceStore devices,
            AccessTokens tokens,
            KnownTokens known,
            OneTimeTokens oneTimeTokens,
            SessionSettings settings,
            AuditLog log,
            TransactionTemplate transaction) {
        this.store = store;
        this.callers = callers;
        this.refreshTokens = refreshTokens;
        this.devices = devices;
        this.tokens = tokens;
        this.known = known;
        this.oneTimeTokens = oneTimeTokens;
        this.settings = settings;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * Opens a session for somebody who has shown who they are.
     *
     * @param methods how, in the words of RFC 8176; at least one
     */
    public LoggedIn open(long userId, SessionKind kind, Collection<String> methods, Client client) {
        return switch (kind) {
            case TOKEN -> withTokens(userId, methods, client);
            case COOKIE -> withCookie(userId, methods, client);
        };
    }

    /** An access token on a session of its own that cannot be refreshed. */
    public String accessToken(long userId, Collection<String> methods, Client client) {
        var session = store.insert(userId, SessionKind.TOKEN, null, methods, client, settings.tokenLifetime());
        return tokens.issue(userId, store.roles(userId), session);
    }

    private LoggedIn withTokens(long userId, Collection<String> methods, Client client) {
        var refresh = Opaque.random();
        var session = inTransaction(() -> {
            var id = store.insert(userId, SessionKind.TOKEN, null, methods, client, settings.sessionLifetime());
            refreshTokens.insert(id, 1, Opaque.hash(refresh), settings.refreshLifetime());
            return id;
        });
        return answer(userId, session, refresh);
    }

    private LoggedIn withCookie(long userId, Collection<String> methods, Client client) {
        var secret = Opaque.random();
        var session = store.insert(
                userId, SessionKind.COOKIE, Opaque.hash(secret), methods, client, settings.sessionLifetime());
        return LoggedIn.withCookie(
                session,
                secret,
                KnownTokens.csrfToken(secret),
                settings.sessionLifetime().toSeconds());
    }

    /**
     * Trades a refresh token for a new access token and a new refresh token. One that comes a second time has been
     * stolen, by then or now: its session ends. Only who comes again within a minute under the same key, because the
     * answer was lost, gets that answer once more.
     *
     * @param nonce the caller's Idempotency-Key
     */
    public RefreshResult refresh(@Nullable String refreshToken, @Nullable String nonce) {
        if (refreshToken == null || !Opaque.isWellFormed(refreshToken)) return new Refused();
        var hash = Opaque.hash(refreshToken);
        var nonceHash = nonce == null ? null : Opaque.hash(nonce);
        return inTransaction(() -> {
            var used = refreshTokens.use(hash, nonceHash);
            if (used.isEmpty()) return again(refreshToken, hash, nonce, nonceHash);
            var from = used.get();
            var next = nonce == null
                    ? Opaque.random()
                    : Opaque.derived(refreshTokens.seed(from.session()), refreshToken, nonce);
            refreshTokens.insert(from.session(), from.generation() + 1, Opaque.hash(next), settings.refreshLifetime());
            return refreshed(from, next);
        });
    }

    private RefreshResult again(String refreshToken, byte[] hash, @Nullable String nonce, byte @Nullable [] nonceHash) {
        var spent = refreshTokens.spent(hash, GRACE).orElse(null);
        if (spent == null) return new Refused();
        if (nonce != null && spent.justNow() && java.util.Arrays.equals(nonceHash, spent.nonceHash())) {
            var next = Opaque.derived(spent.seed(), refreshToken, nonce);
            var successor = refreshTokens.unused(Opaque.hash(next));
            if (successor.isPresent()) return refreshed(successor.get(), next);
        }
        if (store.endFamily(spent.session(), REUSED))
            log.record(Act.of("sessions.theft", "user:" + spent.userId())
                    .by("server")
                    .with(Map.of("sid", spent.session(), "reason", REUSED)));
        known.forget(spent.session());
        return new Refused();
    }

    private RefreshResult refreshed(Refreshable session, String next) {
        return new Refreshed(answer(session.userId(), session.session(), next));
    }

    private LoggedIn answer(long userId, UUID session, String refreshToken) {
        return LoggedIn.withTokens(
                session,
                tokens.issue(userId, store.roles(userId), session),
                settings.tokenLifetime().toSeconds(),
                refreshToken);
    }

    /** Newest first; {@code current} is the one that asks. */
    public List<Session> list(long userId, @Nullable UUID current) {
        return store.list(userId, current);
    }

    /** @return false when this user has no such session that goes on */
    public boolean end(UUID session, long userId, String reason) {
        var ended = inTransaction(() -> {
            if (!store.end(session, userId, reason)) return false;
            store.endOpenedIn(userId, reason); // a client that is let in right now has kept the session until it was in
            log.record(Act.of("sessions.end", "user:" + userId).with(Map.of("sid", session, "reason", reason)));
            return true;
        });
        known.forgetAllOf(userId);
        return ended;
    }

    /**
     * Ends every session of a user, or all but one, and logins that are between their two steps.
     *
     * @return how many that were
     */
    public int endAll(long userId, @Nullable UUID but, String reason) {
        var ended = inTransaction(() -> {
            oneTimeTokens.withdraw(LOGIN_TICKET, userId);
            var many = store.endAll(userId, but, reason);
            store.endOpenedIn(userId, reason);
            log.record(Act.of("sessions.end_all", "user:" + userId).with(Map.of("ended", many, "reason", reason)));
            return many;
        });
        known.forgetAllOf(userId);
        return ended;
    }

    /** Nothing is left of a user's logins: sessions, tokens, devices. */
    void erase(long userId) {
        store.erase(userId);
        oneTimeTokens.withdrawAll(userId);
        devices.forget(userId);
        known.forgetAllOf(userId);
    }

    /** No API key of a user is good any more: whoever had got into the account may have made one. */
    public void revokeKeys(long userId) {
        callers.revokeKeys(userId);
        known.forgetAllOf(userId);
    }

    /** The user of this session has shown once more who they are: how, in the words of RFC 8176. */
    public void authenticatedAgain(UUID session, String... methods) {
        store.authenticatedAgain(session, List.of(methods));
        known.forget(session);
    }

    /** The user has no second factor any more: none of their sessions has shown one. */
    public void forgetSecondFactor(long userId) {
        store.forgetSecondFactor(userId);
        known.forgetAllOf(userId);
    }

    /** Whether this client is a browser that the account with this address or name has been opened with before. */
    public boolean isKnownDevice(Client client, String account) {
        return client.device() != null && devices.isOf(Opaque.hash(client.device()), account);
    }

    /** Whether this client is a browser that this user's account has been opened with before. */
    public boolean isKnownDevice(Client client, long userId) {
        return client.device() != null && devices.isOf(Opaque.hash(client.device()), userId);
    }

    /** Has the browser remember, unless it does already, that this user has logged in with it. */
    public @Nullable ResponseCookie rememberDevice(long userId, Client client) {
        if (client.device() != null && devices.touch(Opaque.hash(client.device()), userId)) return null;
        var device = Opaque.random();
        transaction.executeWithoutResult(_ -> devices.insert(Opaque.hash(device), userId, MOST_DEVICES));
        return Cookies.device(device);
    }

    /** None of this user's browsers is known any more. */
    public void forgetDevices(long userId) {
        devices.forget(userId);
    }

    private <T> T inTransaction(java.util.function.Supplier<T> work) {
        return java.util.Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }
}
