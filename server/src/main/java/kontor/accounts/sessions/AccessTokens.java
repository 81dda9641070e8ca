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
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Issues and verifies access tokens: JSON Web Tokens as RFC 9068 describes them, signed with RS256 and nothing else. */
@Component
class AccessTokens {
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");
    private static final Duration LEEWAY = Duration.ofSeconds(30); // for clocks of nodes that differ
    private static final int LONGEST = 4096;
    private static final int UUID_LENGTH = 36;
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");
    private static final String SESSION = "sid";
    private static final Pattern USER_ID = Pattern.compile("[1-9][0-9]{0,17}");
    private final SigningKeys keys;
    private final SessionSettings settings;
    private final InstantSource clock;

    @Autowired
    AccessTokens(SigningKeys keys, SessionSettings settings) {
        this(keys, settings, InstantSource.system());
    }

    AccessTokens(SigningKeys keys, SessionSettings settings, InstantSource clock) {
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    /** What a good token says. {@code until} includes the leeway. */
    record Verified(long userId, UUID session, String keyId, Instant until) {}

    /** Whether its time has passed, or the key that signed it was taken away. */
    boolean isOver(Verified token) {
        return clock.millis() >= token.until().toEpochMilli() || keys.verifier(token.keyId()) == null;
    }

    /** @param roles for others who read the token; what its user may do here is looked up */
    String issue(long userId, List<String> roles, UUID session) {
        var now = clock.instant();
        var signing = keys.signing();
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(TYPE)
                .keyID(signing.id())
                .build();
        var claims = new JWTClaimsSet.Builder()
                .issuer(settings.issuer())
                .audience(settings.audience())
                .subject(Long.toString(userId))
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(settings.tokenLifetime())))
                .jwtID(UUID.randomUUID().toString())
                .claim(SESSION, session.toString())
                .claim("roles", roles)
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(signing.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("The signing key cannot sign", e);
        }
        return token.serialize();
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
        var verifier = keys.verifier(header.getKeyID());
        var signature = jwt.getSignature();
        return verifier != null
                && signature.equals(Base64URL.encode(signature.decode())) // one way to write a token, not many
                && verifier.verify(header, jwt.getSigningInput(), signature);
    }

    private Optional<Verified> verify(String keyId, @Nullable JWTClaimsSet claims) throws ParseException {
        if (claims == null
                || !settings.issuer().equals(claims.getIssuer())
                || !List.of(settings.audience()).equals(claims.getAudience())
                || claims.getSubject() == null
                || !USER_ID.matcher(claims.getSubject()).matches()
                || claims.getExpirationTime() == null
                || claims.getNotBeforeTime() == null) return Optional.empty();
        var now = clock.instant();
        var until = claims.getExpirationTime().toInstant().plus(LEEWAY);
        var from = claims.getNotBeforeTime().toInstant().minus(LEEWAY);
        if (now.isBefore(from) || !now.isBefore(until)) return Optional.empty();
        var session = claims.getStringClaim(SESSION);
        if (session == null || session.length() != UUID_LENGTH) return Optional.empty();
        return Optional.of(new Verified(Long.parseLong(claims.getSubject()), UUID.fromString(session), keyId, until));
    }
}
