package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A program that may ask for tokens.
 *
 * @param id its {@code client_id}
 * @param confidential whether it has a secret; without one it is public, and a code's verifier is all it shows
 * @param redirectUris where users may be sent back to
 * @param scopes what it may ask for
 * @param consentRequired whether users are asked; false for programs of one's own
 */
@Schema(name = "OAuthClient")
record ClientView(
        UUID id,
        String name,
        boolean confidential,
        List<String> redirectUris,
        Set<GrantType> grantTypes,
        Set<String> scopes,
        boolean consentRequired,
        Instant createdAt,
        @Nullable Instant disabledAt) {}
