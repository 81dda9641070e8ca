package kontor.accounts.factors;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * That somebody has a passkey: what the browser's {@code credential.toJSON()} gives; other members of it are not read.
 *
 * @param id of the credential, in base64url
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Assertion(
        @NotNull @Size(max = 1_400) @PlainText String id,
        @NotNull @Valid Response response) {
    /** In base64url. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Response(
            @NotNull @Size(max = 8_000) @PlainText @JsonProperty("clientDataJSON")
            String clientDataJson,

            @NotNull @Size(max = 8_000) @PlainText @JsonProperty("authenticatorData")
            String authenticatorData,

            @NotNull @Size(max = 4_000) @PlainText String signature,

            @Nullable @Size(max = 100) @PlainText @JsonProperty("userHandle")
            String userHandle) {}
}
