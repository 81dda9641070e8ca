package kontor.accounts.federation;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import kontor.accounts.LoginResult;
import kontor.accounts.Logins;
import kontor.accounts.ReturnPath;
import kontor.accounts.federation.CallbackResult.LetIn;
import kontor.accounts.federation.CallbackResult.NowLinked;
import kontor.accounts.federation.EnterResult.AccountExists;
import kontor.accounts.federation.EnterResult.Entered;
import kontor.accounts.federation.EnterResult.NoAccount;
import kontor.accounts.federation.EnterResult.NoAddress;
import kontor.accounts.federation.EnterResult.Shut;
import kontor.accounts.federation.LinkResult.Linked;
import kontor.accounts.federation.LinkResult.Taken;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.sessions.Opaque;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.throttling.Throttle;
import kontor.accounts.throttling.Throttle.Try;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Service;

/**
 * Sends browsers to OpenID providers and lets those in that come back with somebody. The browser keeps a secret in a
 * cookie; nonce and code verifier follow from it and the state, and the database keeps its hash with the state. So only the
 * browser that has gone comes back, once, and with an answer to its own question.
 */
@Service
class OidcLogins implements DisposableBean {
    static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PURPOSE = "oidc_login";
    private static final Set<String> METHODS = Set.of("fed");
    private static final int LONGEST_CODE = 4096;
    private final Map<String, Provider> providers = new TreeMap<>();
    private final OneTimeTokens tokens;
    private final Identities identities;
    private final Logins logins;
    private final Throttle throttle;
    private final AuditLog log;

    OidcLogins(
            OidcSettings settings,
            OneTimeTokens tokens,
            Identities identities,
            Logins logins,
            Throttle throttle,
            AuditLog log) {
        settings.oidc().forEach((name, provider) -> providers.put(name, new Provider(provider)));
        this.tokens = tokens;
        this.identities = identities;
        this.logins = logins;
        this.throttle = throttle;
        this.log = log;
    }

    /**
     * A browser that is on its way.
     *
     * @param page where to
     * @param secret what its cookie is to say
     */
    record Departure(URI page, String secret) {}

    /** What a browser comes back with. */
    record Arrival(
            @Nullable String state,
            @Nullable String code,
            @Nullable String iss,
            @Nullable String secret) {
        @Override
        public String toString() {
            return "Arrival[]"; // whoever has the code is somebody
        }
    }

    /** What is kept of a login that is under way: at whom, in which browser, and where it goes on afterwards. */
    private record Started(String provider, String browser, String to) {
        String text() {
            return String.join("\n", provider, browser, to);
        }

        static Started of(String text) {
            var parts = text.split("\n", 3);
            return new Started(parts[0], parts[1], parts[2]);
        }
    }

    boolean has(String name) {
        return providers.containsKey(name);
    }

    /**
     * @param to where the browser goes on when it is back
     * @param user who is to be linked; null for a login
     * @param secret what the browser's cookie says already: it may be on its way in another window too
     * @throws Refusal 404 when there is no such provider, 503 when it does not answer
     */
    Departure depart(String name, ReturnPath to, @Nullable Long user, @Nullable String secret) {
        var provider = provider(name);
        var browser = secret == null ? Opaque.random() : secret;
        var started = new Started(name, hash(browser), to.path());
        var state = tokens.issue(PURPOSE, new Meaning(user, started.text()), PATIENCE);
        try {
            return new Departure(provider.loginPage(round(state, browser)), browser);
        } catch (IOException e) {
            throw FederationAnswers.providerUnavailable();
        }
    }

    /**
     * Lets in whoever has logged in at the provider, or links them with the caller, whichever was asked for.
     *
     * @throws Refusal 401 for every kind of wrong, 429 after too many of them, 503 when the provider does not answer, 403
     *     or 409 for somebody whom we do not let in
     */
    CallbackResult arrive(String name, Arrival arrival, Caller caller, Client client) {
        var provider = provider(name);
        try (var attempt = throttle.admitElsewhere(null, client)) {
            var meaning = tokens.use(PURPOSE, arrival.state());
            var started = meaning.map(Meaning::content).map(Started::of).orElse(null);
            if (started == null || !isOf(started, name, arrival.secret())) throw refused(provider);
            var person = ask(provider, arrival, attempt).orElseThrow(() -> refused(provider));
            var user = meaning.get().userId();
            var result = user == null
                    ? new LetIn(enter(provider, person, client), started.to())
                    : link(provider, user, person, caller, started.to());
            attempt.succeeded();
            return result;
        }
    }

    private static boolean isOf(Started started, String name, @Nullable String secret) {
        return started.provider().equals(name)
                && secret != null
                && MessageDigest.isEqual(
                        hash(secret).getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        started.browser().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static Optional<Person> ask(Provider provider, Arrival arrival, Try attempt) {
        var code = arrival.code();
        if (code == null || code.isBlank() || code.length() > LONGEST_CODE) return Optional.empty();
        if (arrival.state() == null || arrival.secret() == null) return Optional.empty();
        try {
            return provider.personOf(code, arrival.iss(), round(arrival.state(), arrival.secret()));
        } catch (IOException e) {
            attempt.notLookedAt();
            throw FederationAnswers.providerUnavailable();
        }
    }

    private LoginResult enter(Provider provider, Person person, Client client) {
        return switch (identities.enter(person, provider.createsUsers())) {
            case Entered(var user) -> logins.letIn(user, METHODS, SessionKind.COOKIE, client);
            case Shut() -> throw refused(provider);
            case AccountExists() -> throw FederationAnswers.accountExists();
            case NoAccount() -> throw FederationAnswers.noAccount();
            case NoAddress() -> throw FederationAnswers.noAddress();
        };
    }

    /** Whoever asked for it has to be signed in still: the browser may have changed hands meanwhile. */
    private CallbackResult link(Provider provider, long user, Person person, Caller caller, String to) {
        if (caller.userId() != user) throw refused(provider);
        return switch (identities.link(user, person)) {
            case Linked _ -> new NowLinked(to);
            case Taken() -> throw FederationAnswers.identityTaken();
        };
    }

    private Refusal refused(Provider provider) {
        log.recordRefused(Act.of("login.failed", null).with(Map.of("issuer", provider.issuer())));
        return FederationAnswers.loginRefused();
    }

    private Provider provider(String name) {
        var provider = providers.get(name);
        if (provider == null) throw Refusal.notFound("provider");
        return provider;
    }

    private static Provider.Round round(String state, String secret) {
        return new Provider.Round(
                new State(state),
                new Nonce(hash("nonce " + secret + " " + state)),
                new CodeVerifier(hash("verifier " + secret + " " + state)));
    }

    private static String hash(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Opaque.hash(text));
    }

    @Override
    public void destroy() throws IOException {
        for (var provider : providers.values()) provider.close();
    }
}
