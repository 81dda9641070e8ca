package kontor.accounts.factors;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /users/me/passkeys}.
 *
 * @param name what its owner calls it: Ann's phone
 */
public record NewPasskey(
        @NotBlank @Size(max = 100) @PlainText String name,
        @NotNull @Valid Credential credential) {
    /** What the browser's {@code credential.toJSON()} gives; other members of it are not read. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Credential(@NotNull @Valid Response response) {}

    /** The attestation, in base64url. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Response(
            @NotNull @Size(max = 8_000) @PlainText @JsonProperty("clientDataJSON")
            String clientDataJson,

            @NotNull @Size(max = 60_000) @PlainText @JsonProperty("attestationObject")
            String attestationObject,

            @Nullable @Size(max = 10) List<@NotNull @Size(max = 40) @PlainText String> transports) {}
}
