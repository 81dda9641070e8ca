package kontor.accounts.oauth;

import java.time.Duration;
import java.util.HexFormat;
import kontor.accounts.sessions.SessionSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.stereotype.Component;

/** The clients as Spring's authorization server knows them. A disabled one is not there. */
@Component
class RegisteredClients implements RegisteredClientRepository {
    static final Duration CODE_LIFETIME = Duration.ofMinutes(1);
    private final ClientStore store;
    private final TokenSettings tokenSettings;

    RegisteredClients(ClientStore store, SessionSettings settings) {
        this.store = store;
        this.tokenSettings = TokenSettings.builder()
                .authorizationCodeTimeToLive(CODE_LIFETIME)
                .accessTokenTimeToLive(settings.tokenLifetime())
                .refreshTokenTimeToLive(settings.refreshLifetime())
                .reuseRefreshTokens(false)
                .build();
    }

    @Override
    public @Nullable RegisteredClient findById(String id) {
        return findByClientId(id);
    }

    @Override
    public @Nullable RegisteredClient findByClientId(String clientId) {
        var id = ClientId.of(clientId);
        if (id == null) return null;
        return store.find(id)
                .filter(kept -> kept.view().disabledAt() == null)
                .map(this::registered)
                .orElse(null);
    }

    @Override
    public void save(RegisteredClient client) {
        throw new UnsupportedOperationException("clients are written by staff");
    }

    private RegisteredClient registered(ClientStore.Kept kept) {
        var view = kept.view();
        var client = RegisteredClient.withId(view.id().toString())
                .clientId(view.id().toString())
                .clientIdIssuedAt(view.createdAt())
                .clientName(view.name())
                .redirectUris(uris -> uris.addAll(view.redirectUris()))
                .authorizationGrantTypes(grants -> view.grantTypes().forEach(type -> grants.add(type.grant())))
                .scopes(scopes -> scopes.addAll(view.scopes()))
                .clientSettings(ClientSettings.builder()
                        .requireProofKey(true)
                        .requireAuthorizationConsent(view.consentRequired())
                        .build())
                .tokenSettings(tokenSettings);
        if (kept.secretHash() == null)
            return client.clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                    .build();
        return client.clientSecret(HexFormat.of().formatHex(kept.secretHash()))
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .build();
    }
}
