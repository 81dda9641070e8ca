package kontor.accounts;

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
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");
    private static final Pattern USER_ID = Pattern.compile("[1-9][0-9]{0,17}");
    private final SigningKeys keys;
    private final AccountSettings settings;
    private final InstantSource clock;

    @Autowired
    AccessTokens(SigningKeys keys, AccountSettings settings) {
        this(keys, settings, InstantSource.system());
    }

    AccessTokens(SigningKeys keys, AccountSettings settings, InstantSource clock) {
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    /** What a good token says. {@code until} includes the leeway. */
    record Verified(long userId, Instant until) {}

    boolean isOver(Verified token) {
        return clock.millis() >= token.until().toEpochMilli();
    }

    AccessToken issue(User user) {
        var now = clock.instant();
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(TYPE)
                .keyID(keys.newest())
                .build();
        var claims = new JWTClaimsSet.Builder()
                .issuer(settings.issuer())
                .audience(settings.audience())
                .subject(Long.toString(user.id()))
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(settings.tokenLifetime())))
                .jwtID(UUID.randomUUID().toString())
                .claim("roles", user.roles())
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(keys.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("The signing key cannot sign", e);
        }
        return new AccessToken(
                token.serialize(), "Bearer", settings.tokenLifetime().toSeconds());
    }

    /** What the token says, if we have issued it and its time has not passed; nothing for every kind of bad token. */
    Optional<Verified> verify(String token) {
        if (token.length() > LONGEST || !COMPACT.matcher(token).matches()) return Optional.empty();
        try {
            var jwt = SignedJWT.parse(token);
            return isSignedByUs(jwt) ? verify(jwt.getJWTClaimsSet()) : Optional.empty();
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

    private Optional<Verified> verify(@Nullable JWTClaimsSet claims) {
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
        return Optional.of(new Verified(Long.parseLong(claims.getSubject()), until));
    }
}
