package kontor.accounts.sessions;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import kontor.web.Caller;
import kontor.web.Login;
import kontor.web.Login.SecondFactor;
import kontor.web.OAuthClient;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sessions, their refresh tokens and the devices they came from. */
@Repository
class SessionStore {
    /** One that stands: neither it nor its user has come to an end. */
    private static final String STANDING = """
            FROM accounts.sessions s JOIN accounts.users u ON u.id = s.user_id
            WHERE s.ended_at IS NULL AND s.expires_at > now()
              AND (s.kind <> 'cookie' OR s.last_used_at > now() - CAST(:idle AS interval))
              AND u.disabled_at IS NULL AND u.erased_at IS NULL
            """;

    private static final String PERMISSIONS = """
            ARRAY(SELECT DISTINCT unnest(r.permissions)
                  FROM accounts.user_roles ur JOIN accounts.roles r ON r.name = ur.role
                  WHERE ur.user_id = s.user_id)
            """;
    private static final String HAS_SECOND_FACTOR = """
             EXISTS (SELECT FROM accounts.totp f WHERE f.user_id = s.user_id AND f.confirmed_at IS NOT NULL)
             OR EXISTS (SELECT FROM accounts.passkeys f WHERE f.user_id = s.user_id) AS has_second_factor
            """;
    private static final String WHO = "SELECT s.id, s.user_id, s.authenticated_at, s.methods, " + PERMISSIONS
            + " AS permissions," + HAS_SECOND_FACTOR;
    private static final String CALLER = WHO + STANDING;

    private final JdbcClient jdbc;
    private final String idle;
    private final boolean secondFactorRequiredForStaff;

    SessionStore(JdbcClient jdbc, SessionSettings settings) {
        this.jdbc = jdbc;
        this.idle = settings.cookieIdle().toString();
        this.secondFactorRequiredForStaff = settings.secondFactorRequiredForStaff();
    }

    /** A session as a refresh finds it. */
    record Refreshable(UUID session, long userId, int generation, Duration left) {}

    /** A token that was used before, or whose time is over. */
    record Spent(UUID session, long userId, byte[] seed, boolean justNow, byte @Nullable [] nonceHash) {}

    UUID insert(
            long userId,
            SessionKind kind,
            byte @Nullable [] cookieHash,
            Collection<String> methods,
            Client client,
            Duration lifetime) {
        return jdbc.sql("""
                        INSERT INTO accounts.sessions
                            (user_id, kind, cookie_hash, seed, methods, network, user_agent, expires_at)
                        VALUES (:user, :kind, :cookie, :seed, :methods, :network, :agent, now() + CAST(:lifetime AS interval))
                        RETURNING id
                        """)
                .param("user", userId)
                .param("kind", kind.name().toLowerCase(java.util.Locale.ROOT))
                .param("cookie", cookieHash)
                .param("seed", Opaque.seed())
                .param("methods", methods.toArray(String[]::new))
                .param("network", client.network())
                .param("agent", client.userAgent())
                .param("lifetime", lifetime.toString())
                .query(UUID.class)
                .single();
    }

    /** Who stands behind a session; nothing when it does not stand any more. */
    Optional<Caller> caller(UUID session, long userId) {
        return jdbc.sql(CALLER + " AND s.id = :id AND s.user_id = :user")
                .param("idle", idle)
                .param("id", session)
                .param("user", userId)
                .query(this::caller)
                .optional();
    }

    /** The same for a client's token: what it may do is bounded by its scopes, and by what its user may do. */
    Optional<Caller> callerByClient(UUID session, long userId, OAuthClient client) {
        return jdbc.sql(WHO + """
                        , s.scopes, c.scopes AS allowed
                        FROM accounts.sessions s
                        JOIN accounts.oauth_clients c ON c.id = s.client_id
                        LEFT JOIN accounts.users u ON u.id = s.user_id
                        WHERE s.ended_at IS NULL AND s.expires_at > now() AND c.disabled_at IS NULL
                          AND u.disabled_at IS NULL AND u.erased_at IS NULL
                          AND s.id = :id AND s.client_id = CAST(:client AS uuid) AND coalesce(s.user_id, 0) = :user
                        """)
                .param("id", session)
                .param("client", client.id())
                .param("user", userId)
                .query((row, number) -> {
                    var scopes = new HashSet<>(client.scopes());
                    scopes.retainAll(Set.of(strings(row, "scopes")));
                    scopes.retainAll(Set.of(strings(row, "allowed")));
                    var bounded = new OAuthClient(client.id(), Set.copyOf(scopes));
                    if (userId == 0) return new Caller(0, bounded.scopes(), null, bounded);
                    var user = caller(row, number);
                    if (!user.permissions().contains("*")) scopes.retainAll(user.permissions());
                    return new Caller(userId, Set.copyOf(scopes), user.login(), bounded);
                })
                .optional();
    }

    /** The same by what the cookie says. */
    Optional<Caller> callerByCookie(byte[] hash) {
        return jdbc.sql(CALLER + " AND s.cookie_hash = :hash")
                .param("idle", idle)
                .param("hash", hash)
                .query(this::caller)
                .optional();
    }

    /** An API key that is good, and who calls with it. */
    record ByKey(long id, Caller caller) {}

    /** The same for an API key: what it may do is bounded by its scopes, and by what its user may do. */
    Optional<ByKey> callerByKey(byte[] hash) {
        return jdbc.sql("SELECT s.id, s.user_id, s.scopes, s.requests_per_second, " + PERMISSIONS + " AS permissions,"
                        + HAS_SECOND_FACTOR + """
                        FROM accounts.api_keys s JOIN accounts.users u ON u.id = s.user_id
                        WHERE s.hash = :hash AND s.revoked_at IS NULL AND s.expires_at > now()
                          AND u.disabled_at IS NULL AND u.erased_at IS NULL
                        """)
                .param("hash", hash)
                .query((row, _) -> {
                    var id = row.getLong("id");
                    var scopes = Set.of(strings(row, "scopes"));
                    var allowed = new HashSet<>(scopes);
                    var permissions = Set.of(strings(row, "permissions"));
                    if (!permissions.contains("*")) allowed.retainAll(permissions);
                    var hasToEnrol = secondFactorRequiredForStaff
                            && !permissions.isEmpty()
                            && !row.getBoolean("has_second_factor");
                    if (hasToEnrol) allowed.clear(); // its user may do no more either
                    var key = OAuthClient.ofApiKey(id, scopes, row.getInt("requests_per_second"));
                    return new ByKey(
                            id, new Caller(row.getLong("user_id"), Set.copyOf(allowed), null, key, hasToEnrol));
                })
                .optional();
    }

    void revokeKeys(long userId) {
        jdbc.sql("UPDATE accounts.api_keys SET revoked_at = now() WHERE user_id = :user AND revoked_at IS NULL")
                .param("user", userId)
                .update();
    }

    /** @param networks where each key was used from, by its id */
    void usedKeys(Map<Long, String> networks) {
        var ids = networks.keySet().toArray(Long[]::new);
        jdbc.sql("""
                        UPDATE accounts.api_keys k SET last_used_at = now(), last_used_network = used.network
                        FROM unnest(:ids, :networks) AS used (id, network)
                        WHERE k.id = used.id AND k.revoked_at IS NULL
                        """)
                .param("ids", ids)
                .param("networks", Stream.of(ids).map(networks::get).toArray(String[]::new))
                .update();
    }

    /** The names of a user's roles, for their tokens. */
    List<String> roles(long userId) {
        return jdbc.sql("SELECT role FROM accounts.user_roles WHERE user_id = :user ORDER BY role")
                .param("user", userId)
                .query(String.class)
                .list();
    }

    /** Newest first, those that stand. */
    List<Session> list(long userId, @Nullable UUID current) {
        return jdbc.sql("""
                        SELECT s.id, s.kind, s.methods, s.network, s.user_agent, s.created_at, s.last_used_at, s.expires_at
                        """ + STANDING + " AND s.user_id = :user ORDER BY s.created_at DESC, s.id")
                .param("idle", idle)
                .param("user", userId)
                .query((row, _) -> new Session(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        List.of(strings(row, "methods")),
                        row.getString("network"),
                        row.getString("user_agent"),
                        instant(row, "created_at"),
                        instant(row, "last_used_at"),
                        instant(row, "expires_at"),
                        row.getObject("id", UUID.class).equals(current)))
                .list();
    }

    /** @return false when this user has no such session that goes on */
    boolean end(UUID session, long userId, String reason) {
        return jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE id = :id AND user_id = :user AND ended_at IS NULL
                        """)
                        .param("reason", reason)
                        .param("id", session)
                        .param("user", userId)
                        .update()
                == 1;
    }

    /** @param but a session that goes on; null for none */
    int endAll(long userId, @Nullable UUID but, String reason) {
        return jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE user_id = :user AND ended_at IS NULL AND id IS DISTINCT FROM CAST(:but AS uuid)
                        """)
                .param("reason", reason)
                .param("user", userId)
                .param("but", but)
                .update();
    }

    /** Ends the sessions of clients that were opened in sessions of this user that have ended. */
    void endOpenedIn(long userId, String reason) {
        jdbc.sql("""
                        UPDATE accounts.sessions s SET ended_at = now(), end_reason = :reason
                        FROM accounts.sessions opener
                        WHERE opener.id = s.opened_in AND opener.user_id = :user AND opener.ended_at IS NOT NULL
                          AND s.ended_at IS NULL
                        """).param("reason", reason).param("user", userId).update();
    }

    /** @return false when it had ended before */
    boolean endFamily(UUID session, String reason) {
        return jdbc.sql("""
                        UPDATE accounts.sessions SET ended_at = now(), end_reason = :reason
                        WHERE id = :id AND ended_at IS NULL
                        """).param("reason", reason).param("id", session).update() == 1;
    }

    /** The user has shown once more who they are. */
    void authenticatedAgain(UUID session, Collection<String> methods) {
        jdbc.sql("""
                        UPDATE accounts.sessions
                        SET authenticated_at = now(),
                            methods = methods || ARRAY(SELECT m FROM unnest(CAST(:methods AS text[])) m WHERE m <> ALL (methods))
                        WHERE id = :id AND ended_at IS NULL
                        """)
                .param("methods", methods.toArray(String[]::new))
                .param("id", session)
                .update();
    }

    /** What a user's sessions have shown of a second factor counts no more. */
    void forgetSecondFactor(long userId) {
        jdbc.sql("""
                        UPDATE accounts.sessions SET methods = array_remove(methods, CAST(:word AS text))
                        WHERE user_id = :user AND ended_at IS NULL AND methods <> ARRAY[CAST(:word AS text)]
                        """)
                .param("word", Sessions.SEVERAL_FACTORS)
                .param("user", userId)
                .update();
    }

    void used(Collection<UUID> sessions) {
        jdbc.sql("UPDATE accounts.sessions SET last_used_at = now() WHERE id = ANY (:ids) AND ended_at IS NULL")
                .param("ids", sessions.toArray(UUID[]::new))
                .update();
    }

    void insertRefreshToken(UUID session, int generation, byte[] hash, Duration lifetime) {
        jdbc.sql("""
                        INSERT INTO accounts.refresh_tokens (hash, session_id, generation, expires_at)
                        SELECT :hash, s.id, :generation, least(now() + CAST(:lifetime AS interval), s.expires_at)
                        FROM accounts.sessions s WHERE s.id = :session
                        """)
                .param("hash", hash)
                .param("session", session)
                .param("generation", generation)
                .param("lifetime", lifetime.toString())
                .update();
    }

    /** Uses a token, unless it has been used, is over, or its session does not stand: of many who try, one does. */
    Optional<Refreshable> use(byte[] hash, byte @Nullable [] nonceHash) {
        return jdbc.sql("""
                        UPDATE accounts.refresh_tokens t SET used_at = now(), nonce_hash = :nonce
                        FROM accounts.sessions s JOIN accounts.users u ON u.id = s.user_id
                        WHERE t.hash = :hash AND t.used_at IS NULL AND t.expires_at > now()
                          AND s.id = t.session_id AND s.kind = 'token' AND s.ended_at IS NULL AND s.expires_at > now()
                          AND u.disabled_at IS NULL AND u.erased_at IS NULL
                        RETURNING t.session_id, s.user_id, t.generation,
                                  extract(epoch FROM s.expires_at - now())::bigint AS seconds_left
                        """)
                .param("hash", hash)
                .param("nonce", nonceHash)
                .query((row, _) -> new Refreshable(
                        row.getObject("session_id", UUID.class),
                        row.getLong("user_id"),
                        row.getInt("generation"),
                        Duration.ofSeconds(row.getLong("seconds_left"))))
                .optional();
    }

    byte[] seed(UUID session) {
        return jdbc.sql("SELECT seed FROM accounts.sessions WHERE id = :id")
                .param("id", session)
                .query(byte[].class)
                .single();
    }

    /** A token that has been used, and whether that was within {@code grace}. */
    Optional<Spent> spent(byte[] hash, Duration grace) {
        return jdbc.sql("""
                        SELECT t.session_id, s.user_id, s.seed, t.nonce_hash, t.used_at > now() - CAST(:grace AS interval) AS just_now
                        FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.session_id
                        WHERE t.hash = :hash AND t.used_at IS NOT NULL AND s.kind = 'token'
                        """)
                .param("hash", hash)
                .param("grace", grace.toString())
                .query((row, _) -> new Spent(
                        row.getObject("session_id", UUID.class),
                        row.getLong("user_id"),
                        row.getBytes("seed"),
                        row.getBoolean("just_now"),
                        row.getBytes("nonce_hash")))
                .optional();
    }

    /** Who may go on with a token that is there and unused. */
    Optional<Refreshable> unused(byte[] hash) {
        return jdbc.sql("""
                        SELECT t.session_id, s.user_id, t.generation,
                               extract(epoch FROM s.expires_at - now())::bigint AS seconds_left
                        FROM accounts.refresh_tokens t
                        JOIN accounts.sessions s ON s.id = t.session_id
                        JOIN accounts.users u ON u.id = s.user_id
                        WHERE t.hash = :hash AND t.used_at IS NULL AND t.expires_at > now()
                          AND s.kind = 'token' AND s.ended_at IS NULL AND s.expires_at > now()
                          AND u.disabled_at IS NULL AND u.erased_at IS NULL
                        """)
                .param("hash", hash)
                .query((row, _) -> new Refreshable(
                        row.getObject("session_id", UUID.class),
                        row.getLong("user_id"),
                        row.getInt("generation"),
                        Duration.ofSeconds(row.getLong("seconds_left"))))
                .optional();
    }

    /** Remembers a device, and forgets a user's oldest ones past so many. */
    void insertDevice(byte[] hash, long userId, int most) {
        jdbc.sql("INSERT INTO accounts.devices (hash, user_id) VALUES (:hash, :user)")
                .param("hash", hash)
                .param("user", userId)
                .update();
        jdbc.sql("""
                        DELETE FROM accounts.devices
                        WHERE hash IN (SELECT hash FROM accounts.devices WHERE user_id = :user
                                       ORDER BY last_used_at DESC, hash OFFSET :most)
                        """).param("user", userId).param("most", most).update();
    }

    /** @return false when this user has no such device */
    boolean touchDevice(byte[] hash, long userId) {
        return jdbc.sql("UPDATE accounts.devices SET last_used_at = now() WHERE hash = :hash AND user_id = :user")
                        .param("hash", hash)
                        .param("user", userId)
                        .update()
                == 1;
    }

    /** @param account an e-mail address, or the name that its user has in the directory */
    boolean isDeviceOf(byte[] hash, String account) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM accounts.devices d JOIN accounts.users u ON u.id = d.user_id
                                       WHERE d.hash = :hash
                                         AND (lower(u.email) = lower(:account)
                                              OR EXISTS (SELECT FROM accounts.identities i
                                                         WHERE i.user_id = u.id AND i.login_name = lower(:account))))
                        """)
                .param("hash", hash)
                .param("account", account)
                .query(Boolean.class)
                .single();
    }

    boolean isDeviceOf(byte[] hash, long userId) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM accounts.devices WHERE hash = :hash AND user_id = :user)")
                .param("hash", hash)
                .param("user", userId)
                .query(Boolean.class)
                .single();
    }

    void forgetDevices(long userId) {
        jdbc.sql("DELETE FROM accounts.devices WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    /** Deletes all that a user has logged in with, or could. */
    void erase(long userId) {
        for (var table : List.of(
                "sessions",
                "one_time_tokens",
                "devices",
                "api_keys",
                "identities",
                "totp",
                "recovery_codes",
                "passkeys",
                "passkey_owners",
                "oauth_requests",
                "oauth_consents"))
            jdbc.sql("DELETE FROM accounts." + table + " WHERE user_id = :user")
                    .param("user", userId)
                    .update();
    }

    /** Takes away what is over: sessions a while after their end, so that it can still be told why they ended. */
    void clear(Duration kept) {
        jdbc.sql("""
                        DELETE FROM accounts.sessions
                        WHERE expires_at < now() - CAST(:kept AS interval) OR ended_at < now() - CAST(:kept AS interval)
                        """).param("kept", kept.toString()).update();
        jdbc.sql("DELETE FROM accounts.refresh_tokens WHERE expires_at < now()").update();
        jdbc.sql("DELETE FROM accounts.one_time_tokens WHERE expires_at < now()")
                .update();
        jdbc.sql("DELETE FROM accounts.oauth_requests WHERE expires_at < now() - CAST(:kept AS interval)")
                .param("kept", kept.toString())
                .update(); // a code that comes again later still ends what it gave
    }

    private Caller caller(ResultSet row, int number) throws SQLException {
        var permissions = Set.of(strings(row, "permissions"));
        var methods = Set.of(strings(row, "methods"));
        var factor = secondFactor(row.getBoolean("has_second_factor"), methods, !permissions.isEmpty());
        return new Caller(
                row.getLong("user_id"),
                factor == SecondFactor.TO_ENROL ? Set.of() : permissions,
                new Login(row.getObject("id", UUID.class), instant(row, "authenticated_at"), methods, factor));
    }

    private SecondFactor secondFactor(boolean exists, Set<String> methods, boolean isStaff) {
        if (methods.contains(Sessions.SEVERAL_FACTORS)) return SecondFactor.SHOWN;
        if (exists) return SecondFactor.NOT_SHOWN;
        return secondFactorRequiredForStaff && isStaff ? SecondFactor.TO_ENROL : SecondFactor.NONE;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
