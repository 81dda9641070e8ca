package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import kontor.accounts.sessions.OAuthSessions;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The clients that a user has let in, until they withdraw it. */
@Service
class Grants {
    private final JdbcClient jdbc;
    private final Consents consents;
    private final RequestStore requests;
    private final OAuthSessions sessions;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    Grants(
            JdbcClient jdbc,
            Consents consents,
            RequestStore requests,
            OAuthSessions sessions,
            AuditLog log,
            TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.consents = consents;
        this.requests = requests;
        this.sessions = sessions;
        this.log = log;
        this.transaction = transaction;
    }

    /**
     * A client that a user has let in.
     *
     * @param scopes what it may do
     * @param consentedAt when the user said so; null for a program of the shop's own, which asks nobody
     * @param lastUsedAt when it last did something, to the minute; null when it has nothing open
     */
    @Schema(name = "OAuthGrant")
    record Grant(
            UUID clientId,
            String name,
            Set<String> scopes,
            @Nullable Instant consentedAt,
            @Nullable Instant lastUsedAt) {}

    /** By the client's name. */
    List<Grant> of(long userId) {
        return jdbc.sql("""
                        SELECT c.id, c.name, coalesce(g.scopes, open.scopes) AS scopes, g.consented_at, open.last_used_at
                        FROM accounts.oauth_clients c
                        LEFT JOIN accounts.oauth_consents g ON g.client_id = c.id AND g.user_id = :user
                        LEFT JOIN LATERAL (
                            SELECT max(s.last_used_at) AS last_used_at, array_agg(DISTINCT scope) AS scopes
                            FROM accounts.sessions s, unnest(s.scopes) AS scope
                            WHERE s.client_id = c.id AND s.user_id = :user AND s.ended_at IS NULL AND s.expires_at > now()
                        ) open ON true
                        WHERE g.client_id IS NOT NULL OR open.last_used_at IS NOT NULL
                        ORDER BY lower(c.name)
                        """)
                .param("user", userId)
                .query((row, _) -> new Grant(
                        row.getObject("id", UUID.class),
                        row.getString("name"),
                        new TreeSet<>(Set.of((String[]) row.getArray("scopes").getArray())),
                        instant(row.getObject("consented_at", OffsetDateTime.class)),
                        instant(row.getObject("last_used_at", OffsetDateTime.class))))
                .list();
    }

    /** Ends what a client has from this user: consent, codes and sessions. @return false when it has nothing */
    boolean withdraw(long userId, UUID clientId) {
        return Boolean.TRUE.equals(transaction.execute(_ -> {
            if (of(userId).stream().noneMatch(grant -> grant.clientId().equals(clientId))) return false;
            consents.remove(clientId, userId);
            requests.deleteOf(clientId, userId);
            sessions.endOf(clientId.toString(), userId, OAuthSessions.GRANT_WITHDRAWN);
            log.record(Act.of("oauth_consents.withdraw", "oauth_client:" + clientId));
            return true;
        }));
    }

    /** Their sessions are the user's, and go with those. */
    void erase(long userId) {
        consents.removeAll(userId);
        requests.deleteAll(userId);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
