package kontor.accounts.sessions;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import kontor.web.OAuthClient;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Issues and verifies access tokens: JSON Web Tokens as RFC 9068 describes them, signed with RS256 and nothing else. Those of
 * OAuth clients name the address that clients know us by as their issuer, which OpenID Connect wants to be one and the same
 * everywhere; those of the users' own programs keep the name that they always had.
 */
@Component
class AccessTokens {
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");
    private static final Duration LEEWAY = Duration.ofSeconds(30); // for clocks of nodes that differ
    private static final int LONGEST = 4096;
    private static final int UUID_LENGTH = 36;
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");
    private static final String SESSION = "sid";
    private static final String CLIENT = "client_id";
    private static final String SCOPE = "scope";
    private static final Pattern USER_ID = Pattern.compile("[1-9][0-9]{0,17}");
    private final SigningKeys keys;
    private final SessionSettings settings;
    private final PublicUrl address;
    private final InstantSource clock;

    @Autowired
    AccessTokens(SigningKeys keys, SessionSettings settings, PublicUrl address) {
        this(keys, settings, address, InstantSource.system());
    }

    AccessTokens(SigningKeys keys, SessionSettings settings, PublicUrl address, InstantSource clock) {
        this.keys = keys;
        this.settings = settings;
        this.address = address;
        this.clock = clock;
    }

    /**
     * What a good token says.
     *
     * @param userId 0 for a client that acts for itself
     * @param until includes the leeway
     * @param client whom it was given to; null for a program of the user's own
     */
    record Verified(
            long userId,
            UUID session,
            String keyId,
            Instant until,
            @Nullable OAuthClient client) {}

    /** Whether its time has passed, or the key that signed it was taken away. */
    boolean isOver(Verified token) {
        return clock.millis() >= token.until().toEpochMilli() || keys.verifier(token.keyId()) == null;
    }

    /** @param roles for others who read the token; what its user may do here is looked up */
    String issue(long userId, List<String> roles, UUID session) {
        var claims = claims(settings.issuer(), settings.tokenLifetime())
                .audience(settings.audience())
                .subject(Long.toString(userId))
                .claim(SESSION, session.toString())
                .claim("roles", roles);
        return signed(TYPE, claims.build()).token();
    }

    /** @param userId 0 for a client that acts for itself */
    IssuedToken issue(long userId, OAuthClient client, UUID session) {
        var claims = claims(address.publicUrl(), settings.tokenLifetime())
                .audience(settings.audience())
                .subject(userId == 0 ? client.id() : Long.toString(userId))
                .claim(SESSION, session.toString())
                .claim(CLIENT, client.id())
                .claim(SCOPE, String.join(" ", client.scopes()));
        return signed(TYPE, claims.build());
    }

    /** An ID token of OpenID Connect, which tells a client who has logged in and opens nothing. */
    IssuedToken issueIdToken(Map<String, Object> who, Duration lifetime) {
        var claims = claims(address.publicUrl(), lifetime);
        who.forEach(claims::claim);
        return signed(JOSEObjectType.JWT, claims.build());
    }

    private JWTClaimsSet.Builder claims(String issuer, Duration lifetime) {
        var now = clock.instant();
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(UUID.randomUUID().toString());
    }

    private IssuedToken signed(JOSEObjectType type, JWTClaimsSet claims) {
        var signing = keys.signing();
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(type)
                .keyID(signing.id())
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(signing.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("The signing key cannot sign", e);
        }
        return new IssuedToken(
                token.serialize(),
                claims.getIssueTime().toInstant(),
                claims.getExpirationTime().toInstant(),
                claims.getClaims());
    }

    /** What the token says, if we have issued it and its time has not passed; nothing for every kind of bad token. */
    Optional<Verified> verify(String token) {
        if (token.length() > LONGEST || !COMPACT.matcher(token).matches()) return Optional.empty();
        try {
            var jwt = SignedJWT.parse(token);
            return isSignedByUs(jwt) ? verify(jwt.getHeader().getKeyID(), jwt.getJWTClaimsSet()) : Optional.empty();
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The key id is looked up and nothing more; keys or addresses of keys that a token brings along are not read. */
    private boolean isSignedByUs(SignedJWT jwt) throws JOSEException {
        var header = jwt.getHeader();
        if (!JWSAlgorithm.RS256.equals(header.getAlgorithm()) || !TYPE.equals(header.getType())) return false;
        var verifier = keys.verifierOfNew(header.getKeyID());
        var signature = jwt.getSignature();
        return verifier != null
                && signature.equals(Base64URL.encode(signature.decode())) // one way to write a token, not many
                && verifier.verify(header, jwt.getSigningInput(), signature);
    }

    private Optional<Verified> verify(String keyId, @Nullable JWTClaimsSet claims) throws ParseException {
        if (claims == null
                || !issuerOf(claims).equals(claims.getIssuer())
                || !List.of(settings.audience()).equals(claims.getAudience())
                || claims.getSubject() == null
                || !(USER_ID.matcher(claims.getSubject()).matches() || isForItself(claims))
                || claims.getExpirationTime() == null
                || claims.getNotBeforeTime() == null) return Optional.empty();
        var now = clock.instant();
        var until = claims.getExpirationTime().toInstant().plus(LEEWAY);
        var from = claims.getNotBeforeTime().toInstant().minus(LEEWAY);
        if (now.isBefore(from) || !now.isBefore(until)) return Optional.empty();
        var session = claims.getStringClaim(SESSION);
        if (session == null || session.length() != UUID_LENGTH) return Optional.empty();
        var userId = isForItself(claims) ? 0 : Long.parseLong(claims.getSubject());
        return Optional.of(new Verified(userId, UUID.fromString(session), keyId, until, clientOf(claims)));
    }

    private String issuerOf(JWTClaimsSet claims) {
        return claims.getClaim(CLIENT) == null ? settings.issuer() : address.publicUrl();
    }

    /** RFC 9068: where no user takes part, the client is the subject. */
    private static boolean isForItself(JWTClaimsSet claims) {
        return claims.getSubject().equals(claims.getClaim(CLIENT));
    }

    private static @Nullable OAuthClient clientOf(JWTClaimsSet claims) throws ParseException {
        var client = claims.getStringClaim(CLIENT);
        var scope = claims.getStringClaim(SCOPE);
        return client == null ? null : new OAuthClient(client, scope == null ? Set.of() : Set.of(scope.split(" ")));
    }
}
