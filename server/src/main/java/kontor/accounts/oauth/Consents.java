package kontor.accounts.oauth;

import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import kontor.accounts.OpenAccounts;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsent;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsentService;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** What users have let clients do, so that they are not asked again. */
@Repository
class Consents implements OAuth2AuthorizationConsentService {
    private final JdbcClient jdbc;
    private final OpenAccounts open;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    Consents(JdbcClient jdbc, OpenAccounts open, AuditLog log, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.open = open;
        this.log = log;
        this.transaction = transaction;
    }

    @Override
    public void save(OAuth2AuthorizationConsent consent) {
        transaction.executeWithoutResult(_ -> {
            if (!open.hold(userId(consent))) throw new OAuth2AuthenticationException(OAuth2ErrorCodes.ACCESS_DENIED);
            jdbc.sql("""
                            INSERT INTO accounts.oauth_consents (user_id, client_id, scopes)
                            VALUES (:user, CAST(:client AS uuid), :scopes)
                            ON CONFLICT (user_id, client_id) DO UPDATE
                            SET scopes = EXCLUDED.scopes, consented_at = now()
                            """)
                    .param("user", userId(consent))
                    .param("client", consent.getRegisteredClientId())
                    .param("scopes", consent.getScopes().toArray(String[]::new))
                    .update();
            log.record(Act.of("oauth_consents.give", "oauth_client:" + consent.getRegisteredClientId())
                    .with(new Given(consent.getScopes())));
        });
    }

    private record Given(Set<String> scopes) {}

    @Override
    public void remove(OAuth2AuthorizationConsent consent) {
        remove(UUID.fromString(consent.getRegisteredClientId()), userId(consent));
    }

    boolean remove(UUID clientId, long userId) {
        return jdbc.sql("DELETE FROM accounts.oauth_consents WHERE user_id = :user AND client_id = :client")
                        .param("user", userId)
                        .param("client", clientId)
                        .update()
                == 1;
    }

    void removeAll(long userId) {
        jdbc.sql("DELETE FROM accounts.oauth_consents WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    @Override
    public @Nullable OAuth2AuthorizationConsent findById(String clientId, String principalName) {
        return jdbc.sql("""
                        SELECT scopes FROM accounts.oauth_consents
                        WHERE user_id = :user AND client_id = CAST(:client AS uuid)
                        """)
                .param("user", Long.parseLong(principalName))
                .param("client", clientId)
                .query((row, _) -> (String[]) row.getArray("scopes").getArray())
                .optional()
                .map(scopes -> {
                    var consent = OAuth2AuthorizationConsent.withId(clientId, principalName);
                    for (var scope : scopes) consent.scope(scope);
                    return consent.build();
                })
                .orElse(null);
    }

    private static long userId(OAuth2AuthorizationConsent consent) {
        return Long.parseLong(Objects.requireNonNull(consent.getPrincipalName()));
    }
}
