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

/** What may change of a client. Whether it is confidential, and how it comes by tokens, stays as it is. */
@Schema(name = "OAuthClientChange")
record ClientChange(
        @NotBlank @Size(max = 100) @PlainText String name,

        @NotNull @Size(max = 20) List<@NotNull @Size(max = 500) @PlainText String> redirectUris,

        @NotEmpty @Size(max = 100)
        Set<
                        @NotNull
                        @Pattern(
                                regexp = "openid|profile|email|[a-z][a-z-]{0,39}:[a-z][a-z-]{0,39}",
                                message = "must be openid, profile, email or a permission such as orders:read")
                        @PlainText String>
                scopes,

        @NotNull Boolean consentRequired) {}
