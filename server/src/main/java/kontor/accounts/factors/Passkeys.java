package kontor.accounts.factors;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.util.exception.WebAuthnException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import kontor.accounts.OpenAccounts;
import kontor.accounts.factors.PasskeyOptions.Algorithm;
import kontor.accounts.factors.PasskeyOptions.Creation;
import kontor.accounts.factors.PasskeyOptions.Descriptor;
import kontor.accounts.factors.PasskeyOptions.Request;
import kontor.accounts.factors.PasskeyOptions.Rp;
import kontor.accounts.factors.PasskeyOptions.Selection;
import kontor.accounts.factors.PasskeyOptions.User;
import kontor.accounts.factors.PasskeyResult.NotGood;
import kontor.accounts.factors.PasskeyResult.Registered;
import kontor.accounts.factors.PasskeyResult.Taken;
import kontor.accounts.factors.PasskeyResult.TooMany;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.sessions.Opaque;
import kontor.accounts.sessions.PublicUrl;
import kontor.accounts.sessions.Sessions;
import kontor.web.Login;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Passkeys: credentials of the W3C's Web Authentication, level 3. A challenge is a one-time token that is good for one
 * purpose, user and login or session; it is used up by the first answer to it, whether that is good or not.
 */
@Component
public class Passkeys {
    /** The purposes of challenges. */
    public enum Purpose {
        REGISTRATION,
        LOGIN,
        SECOND_FACTOR,
        STEP_UP;

        private String token() {
            return "passkey_" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String TYPE = "public-key";
    private static final String REQUIRED = "required";
    private static final String PREFERRED = "preferred";
    private static final int MOST = 20;
    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.RS256);
    private final PasskeyStore store;
    private final FactorStore factors;
    private final Enrolment enrolment;
    private final OpenAccounts open;
    private final OneTimeTokens tokens;
    private final FactorSettings settings;
    private final PublicUrl address;

    Passkeys(
            PasskeyStore store,
            FactorStore factors,
            Enrolment enrolment,
            OpenAccounts open,
            OneTimeTokens tokens,
            FactorSettings settings,
            PublicUrl address) {
        this.store = store;
        this.factors = factors;
        this.enrolment = enrolment;
        this.open = open;
        this.tokens = tokens;
        this.settings = settings;
        this.address = address;
    }

    /** Made when the first passkey comes: it loads hundreds of classes. Who made an authenticator is not asked for. */
    private static final class Library {
        static final ObjectConverter CONVERTER = new ObjectConverter();
        static final WebAuthnManager MANAGER = WebAuthnManager.createNonStrictWebAuthnManager(CONVERTER);
        static final AttestedCredentialDataConverter CREDENTIALS = new AttestedCredentialDataConverter(CONVERTER);
    }

    /**
     * Who has shown that they have a passkey.
     *
     * @param methods how, in the words of RFC 8176
     */
    public record Shown(long userId, Set<String> methods) {}

    /**
     * What to ask a browser for to register a passkey. Any authenticator can be a second factor; those that can tell whose
     * it is and verify their user can be the first.
     */
    Creation creation(long userId, Login login) {
        var handle = enrolment.inTransaction(() -> {
            open.holdAlone(userId);
            return store.handle(userId, bytes(Opaque.random()).orElseThrow());
        });
        var challenge = tokens.issue(
                Purpose.REGISTRATION.token(),
                new Meaning(userId, login.session().toString()),
                PATIENCE);
        return new Creation(
                new Rp(address.host(), settings.serviceName()),
                new User(text(handle), factors.email(userId), factors.name(userId)),
                challenge,
                ALGORITHMS.stream()
                        .map(algorithm -> new Algorithm(TYPE, (int) algorithm.getValue()))
                        .toList(),
                PATIENCE.toMillis(),
                descriptors(userId),
                new Selection(PREFERRED, PREFERRED),
                "none");
    }

    /** Whether this installation has an address that passkeys can be bound to. */
    public boolean areAvailable() {
        return address.takesPasskeys();
    }

    /** What to ask a browser for when nobody knows yet who is there. */
    public Request request() {
        return new Request(
                tokens.issue(Purpose.LOGIN.token(), new Meaning(null, null), PATIENCE),
                PATIENCE.toMillis(),
                address.host(),
                List.of(),
                REQUIRED);
    }

    /**
     * The same when it is known who is to show one.
     *
     * @param boundTo the login or session that the answer has to come with
     */
    public Request request(Purpose purpose, long userId, String boundTo) {
        return new Request(
                tokens.issue(purpose.token(), new Meaning(userId, boundTo), PATIENCE),
                PATIENCE.toMillis(),
                address.host(),
                descriptors(userId),
                PREFERRED);
    }

    private List<Descriptor> descriptors(long userId) {
        return store.known(userId).stream()
                .map(known -> new Descriptor(
                        TYPE, text(known.credentialId()), known.transports().isEmpty() ? null : known.transports()))
                .toList();
    }

    PasskeyResult register(long userId, Login login, NewPasskey wanted) {
        var response = wanted.credential().response();
        var data = parsed(response);
        if (data.isEmpty()) return new NotGood();
        var challenge = challengeOf(data.get().getCollectedClientData());
        var asked = tokens.use(Purpose.REGISTRATION.token(), challenge);
        if (challenge == null
                || asked.isEmpty()
                || !asked.get().equals(new Meaning(userId, login.session().toString()))) return new NotGood();
        if (!isGood(data.get(), challenge)) return new NotGood();
        return enrolment.inTransaction(() -> insert(userId, login, wanted.name(), data.get()));
    }

    private PasskeyResult insert(long userId, Login login, String name, RegistrationData data) {
        open.holdAlone(userId);
        if (store.list(userId).size() >= MOST) return new TooMany();
        var isFirst = factors.kinds(userId).isEmpty();
        var authenticator = data.getAttestationObject().getAuthenticatorData();
        var credential = authenticator.getAttestedCredentialData();
        var inserted = store.insert(
                userId,
                name.strip(),
                credential.getCredentialId(),
                Library.CREDENTIALS.convert(credential),
                authenticator.getSignCount(),
                authenticator.isFlagBE(),
                data.getTransports() == null
                        ? Set.of()
                        : data.getTransports().stream()
                                .map(transport -> transport.getValue())
                                .collect(Collectors.toSet()));
        if (inserted.isEmpty()) return new Taken();
        return new Registered(
                inserted.get(),
                enrolment.added(
                        userId,
                        login,
                        FactorKind.PASSKEY,
                        isFirst,
                        keyWord(authenticator.isFlagBE()),
                        "user",
                        Sessions.SEVERAL_FACTORS));
    }

    private static Optional<RegistrationData> parsed(NewPasskey.Response response) {
        var attestation = bytes(response.attestationObject());
        var clientData = bytes(response.clientDataJson());
        if (attestation.isEmpty() || clientData.isEmpty()) return Optional.empty();
        var transports = response.transports() == null ? Set.<String>of() : Set.copyOf(response.transports());
        try {
            var request = new RegistrationRequest(attestation.get(), clientData.get(), transports);
            var data = Library.MANAGER.parse(request);
            return data.getAttestationObject() == null ? Optional.empty() : Optional.of(data);
        } catch (RuntimeException e) {
            return Optional.empty(); // its parsers throw what they like
        }
    }

    private boolean isGood(RegistrationData data, String challenge) {
        var algorithms = ALGORITHMS.stream()
                .map(algorithm -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, algorithm))
                .toList();
        var parameters = new RegistrationParameters(server(challenge), algorithms, false, true);
        try {
            Library.MANAGER.verify(data, parameters);
            return true;
        } catch (WebAuthnException e) {
            return false;
        }
    }

    /** Whose passkey it claims to be; for counting tries, nothing has been verified yet. */
    public OptionalLong claimedOwner(Assertion assertion) {
        return bytes(assertion.id())
                .flatMap(store::credential)
                .map(found -> OptionalLong.of(found.userId()))
                .orElseGet(OptionalLong::empty);
    }

    /** Somebody whom nobody knows yet shows a passkey, which has verified them: two factors in one. */
    public Optional<Shown> verify(Assertion assertion) {
        return verify(assertion, Purpose.LOGIN, new Meaning(null, null));
    }

    /**
     * Somebody known shows one of their passkeys.
     *
     * @param boundTo what the challenge was bound to
     */
    public Optional<Shown> verify(Assertion assertion, Purpose purpose, long userId, String boundTo) {
        return verify(assertion, purpose, new Meaning(userId, boundTo));
    }

    private Optional<Shown> verify(Assertion assertion, Purpose purpose, Meaning meaning) {
        var data = parsed(assertion);
        if (data.isEmpty()) return Optional.empty();
        var challenge = challengeOf(data.get().getCollectedClientData());
        var asked = tokens.use(purpose.token(), challenge);
        if (challenge == null || asked.isEmpty() || !asked.get().equals(meaning)) return Optional.empty();
        var credential = store.credential(data.get().getCredentialId()).orElse(null);
        if (credential == null || !isTheirs(credential, data.get(), meaning.userId())) return Optional.empty();
        if (!isGood(data.get(), credential, challenge, meaning.userId() == null)) return Optional.empty();
        var authenticator = data.get().getAuthenticatorData();
        if (authenticator == null || !store.used(credential.passkeyId(), authenticator.getSignCount()))
            return Optional.empty();
        return Optional.of(
                new Shown(credential.userId(), Set.of(keyWord(credential.synced()), "user", Sessions.SEVERAL_FACTORS)));
    }

    /** Level 3, section 7.2, step 6. */
    private static boolean isTheirs(
            PasskeyStore.Credential credential, AuthenticationData data, @Nullable Long userId) {
        var handle = data.getUserHandle();
        if (userId == null) return Arrays.equals(handle, credential.handle());
        return credential.userId() == userId
                && (handle == null || handle.length == 0 || Arrays.equals(handle, credential.handle()));
    }

    private boolean isGood(
            AuthenticationData data, PasskeyStore.Credential stored, String challenge, boolean userVerified) {
        var known = new CredentialRecordImpl(
                null,
                null,
                stored.synced(),
                null,
                stored.signCount(),
                Library.CREDENTIALS.convert(stored.credential()),
                null,
                null,
                null,
                null);
        var parameters = new AuthenticationParameters(server(challenge), known, null, userVerified, true);
        try {
            Library.MANAGER.verify(data, parameters);
            return true;
        } catch (WebAuthnException e) {
            return false;
        }
    }

    private static Optional<AuthenticationData> parsed(Assertion assertion) {
        var response = assertion.response();
        var id = bytes(assertion.id());
        var handle = response.userHandle() == null ? Optional.of(new byte[0]) : bytes(response.userHandle());
        var authenticatorData = bytes(response.authenticatorData());
        var clientData = bytes(response.clientDataJson());
        var signature = bytes(response.signature());
        if (id.isEmpty()
                || handle.isEmpty()
                || authenticatorData.isEmpty()
                || clientData.isEmpty()
                || signature.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Library.MANAGER.parse(new AuthenticationRequest(
                    id.get(), handle.get(), authenticatorData.get(), clientData.get(), signature.get())));
        } catch (RuntimeException e) {
            return Optional.empty(); // its parsers throw what they like
        }
    }

    private ServerProperty server(String challenge) {
        var origins = settings.origins(address).stream().map(Origin::new).collect(Collectors.toSet());
        return ServerProperty.builder()
                .origins(origins)
                .rpId(address.host())
                .challenge(new DefaultChallenge(bytes(challenge).orElseThrow()))
                .build();
    }

    private static @Nullable String challengeOf(@Nullable CollectedClientData clientData) {
        return clientData == null || clientData.getChallenge() == null
                ? null
                : text(clientData.getChallenge().getValue());
    }

    /** RFC 8176: a key that its hardware keeps, or one that is copied between devices. */
    private static String keyWord(boolean synced) {
        return synced ? "swk" : "hwk";
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Optional<byte[]> bytes(String base64url) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(base64url));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
