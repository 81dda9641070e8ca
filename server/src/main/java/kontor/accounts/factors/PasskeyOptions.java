package kontor.accounts.factors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a browser is asked for, in the members of the Web Authentication API (level 3, section 5.1.8), so that a page hands
 * it on to {@code PublicKeyCredential.parseCreationOptionsFromJSON} or {@code parseRequestOptionsFromJSON} as it is.
 */
public sealed interface PasskeyOptions {
    /** @param timeout milliseconds that the user has */
    record Creation(
            Rp rp,
            User user,
            String challenge,
            @JsonProperty("pubKeyCredParams") List<Algorithm> pubKeyCredParams,
            long timeout,
            @JsonProperty("excludeCredentials") List<Descriptor> excludeCredentials,
            @JsonProperty("authenticatorSelection") Selection authenticatorSelection,
            String attestation)
            implements PasskeyOptions {}

    /**
     * @param timeout milliseconds that the user has
     * @param allowCredentials empty for every passkey that the browser has for us
     */
    record Request(
            String challenge,
            long timeout,
            @JsonProperty("rpId") String rpId,
            @JsonProperty("allowCredentials") List<Descriptor> allowCredentials,
            @JsonProperty("userVerification") String userVerification)
            implements PasskeyOptions {}

    /** The relying party: this installation. */
    record Rp(String id, String name) {}

    record User(
            String id,
            String name,
            @JsonProperty("displayName") String displayName) {}

    /** @param alg a COSE algorithm */
    record Algorithm(String type, int alg) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Descriptor(String type, String id, @Nullable List<String> transports) {}

    record Selection(
            @JsonProperty("residentKey") String residentKey,
            @JsonProperty("userVerification") String userVerification) {}
}
