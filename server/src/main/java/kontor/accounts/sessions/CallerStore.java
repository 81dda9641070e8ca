package kontor.accounts.sessions;

import static kontor.accounts.sessions.SessionStore.STANDING;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import kontor.web.Caller;
import kontor.web.Login;
import kontor.web.Login.SecondFactor;
import kontor.web.OAuthClient;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who stands behind a session or an API key, and what they may do. */
@Repository
class CallerStore {
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

    CallerStore(JdbcClient jdbc, SessionSettings settings) {
        this.jdbc = jdbc;
        this.idle = settings.cookieIdle().toString();
        this.secondFactorRequiredForStaff = settings.secondFactorRequiredForStaff();
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

    private Caller caller(ResultSet row, int number) throws SQLException {
        var permissions = Set.of(strings(row, "permissions"));
        var methods = Set.of(strings(row, "methods"));
        var factor = secondFactor(row.getBoolean("has_second_factor"), methods, !permissions.isEmpty());
        return new Caller(
                row.getLong("user_id"),
                factor == SecondFactor.TO_ENROL ? Set.of() : permissions,
                new Login(
                        row.getObject("id", UUID.class),
                        row.getObject("authenticated_at", OffsetDateTime.class).toInstant(),
                        methods,
                        factor));
    }

    private SecondFactor secondFactor(boolean exists, Set<String> methods, boolean isStaff) {
        if (methods.contains(Sessions.SEVERAL_FACTORS)) return SecondFactor.SHOWN;
        if (exists) return SecondFactor.NOT_SHOWN;
        return secondFactorRequiredForStaff && isStaff ? SecondFactor.TO_ENROL : SecondFactor.NONE;
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
