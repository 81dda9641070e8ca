package kontor.accounts.factors;

import static java.util.Objects.requireNonNull;

import com.webauthn4j.data.AttestationConveyancePreference;
import com.webauthn4j.data.AuthenticatorSelectionCriteria;
import com.webauthn4j.data.PublicKeyCredentialCreationOptions;
import com.webauthn4j.data.PublicKeyCredentialDescriptor;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialRequestOptions;
import com.webauthn4j.data.PublicKeyCredentialRpEntity;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.PublicKeyCredentialUserEntity;
import com.webauthn4j.data.ResidentKeyRequirement;
import com.webauthn4j.data.UserVerificationRequirement;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.test.authenticator.webauthn.NoneAttestationAuthenticator;
import com.webauthn4j.test.authenticator.webauthn.WebAuthnAuthenticatorAdaptor;
import com.webauthn4j.test.client.ClientPlatform;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A browser with an authenticator, emulated: it reads the options that the server gives, and answers as pages do. */
final class TestAuthenticator {
    static final String ORIGIN = "https://shop.example";
    private final NoneAttestationAuthenticator device = new NoneAttestationAuthenticator();

    /** @param options as {@code POST /users/me/passkeys/options} gives them, under {@code public_key} */
    Map<String, ?> create(JsonNode options, String origin) {
        var made = browser(origin)
                .create(new PublicKeyCredentialCreationOptions(
                        new PublicKeyCredentialRpEntity(options.at("/rp/id").asString(), "Kontor"),
                        new PublicKeyCredentialUserEntity(
                                bytes(options.at("/user/id").asString()),
                                options.at("/user/name").asString(),
                                options.at("/user/displayName").asString()),
                        challenge(options),
                        options.at("/pubKeyCredParams")
                                .valueStream()
                                .map(algorithm -> new PublicKeyCredentialParameters(
                                        PublicKeyCredentialType.PUBLIC_KEY,
                                        COSEAlgorithmIdentifier.create(
                                                algorithm.at("/alg").asLong())))
                                .toList(),
                        null,
                        descriptors(options.at("/excludeCredentials")),
                        new AuthenticatorSelectionCriteria(
                                null, ResidentKeyRequirement.REQUIRED, UserVerificationRequirement.REQUIRED),
                        AttestationConveyancePreference.NONE,
                        null));
        return Map.of(
                "id", made.getId(),
                "rawId", made.getId(),
                "type", "public-key",
                "response",
                        Map.of(
                                "clientDataJSON", text(made.getResponse().getClientDataJSON()),
                                "attestationObject", text(made.getResponse().getAttestationObject()),
                                "transports", List.of("internal"),
                                "publicKeyAlgorithm", -7));
    }

    Map<String, ?> create(JsonNode options) {
        return create(options, ORIGIN);
    }

    /** @param options as {@code POST /login/passkey/options} gives them, under {@code public_key} */
    Map<String, ?> get(JsonNode options) {
        return get(options, ORIGIN, options.at("/rpId").asString(), true);
    }

    /** @param verified whether the authenticator has looked who is there */
    Map<String, ?> get(JsonNode options, String origin, String rpId, boolean verified) {
        var shown = browser(origin)
                .get(new PublicKeyCredentialRequestOptions(
                        challenge(options),
                        null,
                        rpId,
                        descriptors(options.at("/allowCredentials")),
                        verified ? UserVerificationRequirement.REQUIRED : UserVerificationRequirement.DISCOURAGED,
                        null));
        var response = shown.getResponse();
        return Map.of(
                "id", shown.getId(),
                "rawId", shown.getId(),
                "type", "public-key",
                "clientExtensionResults", Map.of(),
                "response",
                        Map.of(
                                "clientDataJSON", text(response.getClientDataJSON()),
                                "authenticatorData", text(response.getAuthenticatorData()),
                                "signature", text(response.getSignature()),
                                "userHandle", text(response.getUserHandle())));
    }

    /** Has the authenticator take its credential for one of another relying party. */
    void move(Map<String, ?> credential, String rpId) {
        device.lookup(bytes((String) requireNonNull(credential.get("id")))).setRpId(rpId);
    }

    private ClientPlatform browser(String origin) {
        return new ClientPlatform(new Origin(origin), new WebAuthnAuthenticatorAdaptor(device));
    }

    private static DefaultChallenge challenge(JsonNode options) {
        return new DefaultChallenge(bytes(options.at("/challenge").asString()));
    }

    private static List<PublicKeyCredentialDescriptor> descriptors(JsonNode credentials) {
        return credentials
                .valueStream()
                .map(credential -> new PublicKeyCredentialDescriptor(
                        PublicKeyCredentialType.PUBLIC_KEY,
                        bytes(credential.at("/id").asString()),
                        null))
                .toList();
    }

    private static byte[] bytes(String base64url) {
        return Base64.getUrlDecoder().decode(base64url);
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
