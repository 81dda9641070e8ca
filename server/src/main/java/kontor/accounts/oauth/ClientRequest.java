package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Set;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * A client as staff want it.
 *
 * @param confidential whether it can keep a secret: a server can, an app or a page cannot; true if left out
 * @param consentRequired true if left out
 */
@Schema(name = "NewOAuthClient")
record ClientRequest(
        @NotBlank @Size(max = 100) @PlainText String name,
        @Nullable Boolean confidential,

        @Nullable @Size(max = 20) List<@NotNull @Size(max = 500) @PlainText String> redirectUris,

        @NotEmpty Set<@NotNull GrantType> grantTypes,

        @NotEmpty @Size(max = 100)
        Set<
                        @NotNull
                        @Pattern(
                                regexp = "openid|profile|email|[a-z][a-z-]{0,39}:[a-z][a-z-]{0,39}",
                                message = "must be openid, profile, email or a permission such as orders:read")
                        @PlainText String>
                scopes,

        @Nullable Boolean consentRequired) {
    boolean isConfidential() {
        return confidential == null || confidential;
    }

    boolean asksForConsent() {
        return consentRequired == null || consentRequired;
    }

    List<String> redirects() {
        return redirectUris == null
                ? List.of()
                : redirectUris.stream().distinct().toList();
    }
}
