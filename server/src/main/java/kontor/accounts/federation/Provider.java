package kontor.accounts.federation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.AccessTokenHash;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OpenID provider: where browsers are sent to log in, and who it says has done so. What it publishes about itself is
 * read when it is first needed and kept for an hour; its keys are read again when a token is signed with another, but not
 * more often than the interval allows, however many such tokens come.
 */
final class Provider implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Provider.class);
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.PS256);
    private static final Duration BUDGET = Duration.ofSeconds(10);
    private static final Duration FRESH = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration KEYS_FRESH = Duration.ofMinutes(15);
    private static final Duration KEY_INTERVAL = Duration.ofSeconds(30);
    private static final int CLOCK_SKEW_SECONDS = 30;
    private static final int LONGEST_SUBJECT = 255; // OpenID Connect Core 1.0, section 2
    private static final String DISCOVERY = "/.well-known/openid-configuration";
    private final OidcSettings.Provider settings;
    private final ClientID client;
    private final ProviderConnection connection;
    private final Duration pause;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Published published;
    private @Nullable Long silentSince;

    /** Asks nothing yet. */
    Provider(OidcSettings.Provider settings) {
        this(settings, BUDGET, PAUSE);
    }

    /** @param pause how long one that has not answered is left alone */
    Provider(OidcSettings.Provider settings, Duration budget, Duration pause) {
        this.settings = settings;
        this.client = new ClientID(settings.clientId());
        this.connection = new ProviderConnection(settings.issuer(), budget, settings.ca());
        this.pause = pause;
    }

    /** What it says of itself, by when it was read, and what checks its ID tokens. */
    private record Published(OIDCProviderMetadata metadata, IDTokenValidator validator, long readAt) {
        boolean isFresh() {
            return System.nanoTime() - readAt < FRESH.toNanos();
        }
    }

    /** What of a login is the same when a browser goes and when it comes back. */
    record Round(State state, Nonce nonce, CodeVerifier verifier) {}

    String issuer() {
        return settings.issuer().toString();
    }

    boolean createsUsers() {
        return settings.createUsers();
    }

    /**
     * Where a browser goes to log in.
     *
     * @throws IOException when the provider does not say
     */
    URI loginPage(Round round) throws IOException {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        new Scope(settings.scopes().toArray(String[]::new)),
                        client,
                        settings.redirectUri())
                .endpointURI(published().metadata().getAuthorizationEndpointURI())
                .state(round.state())
                .nonce(round.nonce())
                .codeChallenge(round.verifier(), CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /**
     * Who a browser that has come back is.
     *
     * @param code what it has brought
     * @param iss whom it says that it comes from (RFC 9207)
     * @return nothing when the provider does not say, or not to us, or not about this login
     * @throws IOException when the provider cannot be asked
     */
    Optional<Person> personOf(String code, @Nullable String iss, Round round) throws IOException {
        var known = published();
        if (iss == null ? known.metadata().supportsAuthorizationResponseIssuerParam() : !iss.equals(issuer()))
            return Optional.empty();
        var tokens = exchange(known.metadata(), code, round.verifier());
        return tokens.isEmpty() ? Optional.empty() : personOf(known, tokens.get(), round.nonce());
    }

    private Optional<OIDCTokenResponse> exchange(OIDCProviderMetadata metadata, String code, CodeVerifier verifier)
            throws IOException {
        var endpoint = metadata.getTokenEndpointURI();
        var grant = new AuthorizationCodeGrant(new AuthorizationCode(code), settings.redirectUri(), verifier);
        var authentication = authentication(metadata);
        var request = (authentication == null
                        ? new TokenRequest.Builder(endpoint, client, grant)
                        : new TokenRequest.Builder(endpoint, authentication, grant))
                .build()
                .toHTTPRequest();
        var answer = send(request);
        try {
            var response = OIDCTokenResponseParser.parse(answer);
            if (response instanceof OIDCTokenResponse tokens) return Optional.of(tokens);
            if (answer.getStatusCode() >= HTTPResponse.SC_SERVER_ERROR)
                throw new IOException("the provider answers " + answer.getStatusCode());
            log.info(
                    "The provider {} gives nothing for a code: {}",
                    issuer(),
                    response.toErrorResponse().getErrorObject().getCode());
            return Optional.empty();
        } catch (ParseException e) {
            throw new IOException("the provider's answer cannot be read", e);
        }
    }

    private @Nullable ClientAuthentication authentication(OIDCProviderMetadata metadata) {
        if (settings.clientSecret() == null || settings.clientSecret().isBlank()) return null;
        var secret = new Secret(settings.clientSecret());
        var methods = metadata.getTokenEndpointAuthMethods();
        return methods != null
                        && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                        && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                ? new ClientSecretPost(client, secret)
                : new ClientSecretBasic(client, secret);
    }

    private Optional<Person> personOf(Published known, OIDCTokenResponse response, Nonce nonce) throws IOException {
        var idToken = response.getOIDCTokens().getIDToken();
        var accessToken = response.getOIDCTokens().getAccessToken();
        if (idToken == null) return Optional.empty();
        try {
            var claims = known.validator().validate(idToken, nonce);
            checkHash(claims.getAccessTokenHash(), idToken, accessToken);
            var subject = claims.getSubject().getValue();
            if (subject.isBlank() || subject.length() > LONGEST_SUBJECT) return Optional.empty();
            if (!isOurs(claims)) return Optional.empty();
            return Optional.of(person(known, idToken, claims, subject, accessToken));
        } catch (RateLimitReachedException e) {
            return Optional.empty(); // signed with a key that it did not publish a moment ago
        } catch (KeySourceException e) {
            throw new IOException("the provider's keys cannot be read", e);
        } catch (BadJOSEException | JOSEException | InvalidHashException | java.text.ParseException e) {
            log.info("An ID token of {} is not accepted: {}", issuer(), e.getMessage());
            return Optional.empty();
        }
    }

    /** OpenID Connect Core 1.0, section 3.1.3.7, steps 4 and 5, which the SDK leaves to us: who has asked for it. */
    private boolean isOurs(IDTokenClaimsSet claims) {
        var party = claims.getAuthorizedParty();
        return party == null
                ? claims.getAudience().size() == 1
                : party.getValue().equals(client.getValue());
    }

    private static void checkHash(@Nullable AccessTokenHash hash, JWT idToken, AccessToken accessToken)
            throws InvalidHashException {
        if (hash != null)
            AccessTokenValidator.validate(
                    accessToken,
                    JWSAlgorithm.parse(idToken.getHeader().getAlgorithm().getName()),
                    hash);
    }

    private Person person(Published known, JWT idToken, ClaimsSet claims, String subject, AccessToken accessToken)
            throws IOException, java.text.ParseException {
        var about = claims.getStringClaim("email") == null
                ? moreAbout(known.metadata(), accessToken, subject, claims)
                : claims;
        var name = Stream.of("name", "preferred_username")
                .map(about::getStringClaim)
                .filter(text -> text != null && !text.isBlank())
                .findFirst()
                .orElse(null);
        return new Person(
                issuer(),
                subject,
                null,
                name,
                about.getStringClaim("email"),
                Boolean.TRUE.equals(about.getBooleanClaim("email_verified")),
                settings.roleClaim() == null
                        ? null
                        : roles(idToken.getJWTClaimsSet().getClaims(), settings.roleClaim()));
    }

    /** Some providers tell of people only to those who ask with the access token. */
    private ClaimsSet moreAbout(
            OIDCProviderMetadata metadata, AccessToken accessToken, String subject, ClaimsSet claims)
            throws IOException {
        var endpoint = metadata.getUserInfoEndpointURI();
        if (endpoint == null) return claims;
        try {
            var answer = UserInfoResponse.parse(send(new UserInfoRequest(endpoint, accessToken).toHTTPRequest()));
            if (!answer.indicatesSuccess()) return claims;
            var info = answer.toSuccessResponse().getUserInfo();
            // Without this it might tell of somebody else (OpenID Connect Core 1.0, section 5.3.2).
            return info == null || !subject.equals(info.getSubject().getValue()) ? claims : info;
        } catch (ParseException e) {
            throw new IOException("what the provider tells cannot be read", e);
        }
    }

    private Set<String> roles(Map<String, Object> claims, String path) {
        var said = values(claims, path);
        return settings.roles().entrySet().stream()
                .filter(role -> role.getValue().stream().anyMatch(said::contains))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> values(Map<String, Object> claims, String path) {
        Object at = claims.get(path);
        if (at == null) {
            at = claims;
            for (var step : path.split("\\.", -1)) at = at instanceof Map<?, ?> object ? object.get(step) : null;
        }
        if (at instanceof String one) return Set.of(one);
        return at instanceof Collection<?> several
                ? several.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    /** One reads at a time; those who have waited for one that fails need not find out for themselves. */
    private Published published() throws IOException {
        var last = published;
        if (last != null && last.isFresh()) return last;
        reading.lock();
        try {
            last = published;
            if (last != null && last.isFresh()) return last;
            if (silentSince != null && System.nanoTime() - silentSince < pause.toNanos()) {
                if (last != null) return last;
                throw new IOException("the provider did not answer a moment ago");
            }
            var read = read();
            published = read;
            silentSince = null;
            return read;
        } catch (IOException e) {
            if (silentSince == null || System.nanoTime() - silentSince >= pause.toNanos()) {
                log.warn("The provider {} cannot be asked: {}", issuer(), e.getMessage());
                silentSince = System.nanoTime();
            }
            if (last != null) return last;
            throw e;
        } finally {
            reading.unlock();
        }
    }

    private Published read() throws IOException {
        var issuer = issuer();
        var base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        var answer = connection.send(new HttpGet(base + DISCOVERY));
        if (answer.status() != HTTPResponse.SC_OK) throw new IOException("it answers " + answer.status());
        try {
            var metadata = OIDCProviderMetadata.parse(answer.body());
            if (!issuer.equals(metadata.getIssuer().getValue()))
                throw new IOException("it calls itself " + metadata.getIssuer());
            for (var endpoint : endpoints(metadata)) connection.check(endpoint);
            return new Published(metadata, validator(metadata), System.nanoTime());
        } catch (ParseException e) {
            throw new IOException("what it says of itself cannot be read", e);
        }
    }

    private static Collection<@Nullable URI> endpoints(OIDCProviderMetadata metadata) {
        var endpoints = new java.util.ArrayList<@Nullable URI>();
        endpoints.add(metadata.getAuthorizationEndpointURI());
        endpoints.add(metadata.getTokenEndpointURI());
        endpoints.add(metadata.getJWKSetURI());
        if (metadata.getUserInfoEndpointURI() != null) endpoints.add(metadata.getUserInfoEndpointURI());
        return endpoints;
    }

    private IDTokenValidator validator(OIDCProviderMetadata metadata) throws IOException {
        JWKSource<SecurityContext> keys = JWKSourceBuilder.create(
                        metadata.getJWKSetURI().toURL(), this::keys)
                .cache(KEYS_FRESH.toMillis(), BUDGET.multipliedBy(2).toMillis())
                .refreshAheadCache(false)
                .rateLimited(KEY_INTERVAL.toMillis())
                .build();
        var validator = new IDTokenValidator(
                new Issuer(issuer()), client, new JWSVerificationKeySelector<>(ALGORITHMS, keys), null);
        validator.setMaxClockSkew(CLOCK_SKEW_SECONDS);
        return validator;
    }

    private Resource keys(URL address) throws IOException {
        try {
            var answer = connection.send(new HttpGet(address.toURI()));
            if (answer.status() != HTTPResponse.SC_OK) throw new IOException("it answers " + answer.status());
            return new Resource(answer.body(), answer.type());
        } catch (URISyntaxException e) {
            throw new IOException("not an address: " + address, e);
        }
    }

    private HTTPResponse send(HTTPRequest request) throws IOException {
        var question = new HttpUriRequestBase(request.getMethod().name(), request.getURI());
        request.getHeaderMap().forEach((name, values) -> {
            if (!name.toLowerCase(Locale.ROOT).startsWith("content-"))
                values.forEach(value -> question.addHeader(name, value));
        });
        if (request.getBody() != null)
            question.setEntity(new StringEntity(request.getBody(), ContentType.APPLICATION_FORM_URLENCODED));
        var answer = connection.send(question);
        var response = new HTTPResponse(answer.status());
        try {
            if (answer.type() != null) response.setContentType(answer.type());
        } catch (ParseException e) {
            throw new IOException("not a content type: " + answer.type(), e);
        }
        response.setBody(answer.body());
        return response;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
