package kontor.accounts;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param issuer who issues access tokens: their {@code iss}
 * @param audience whom they are for: their {@code aud}
 * @param tokenLifetime how long an access token is good for
 * @param tokenRecheck how soon a token that is in use learns that its user has gone or has other roles
 * @param tokensKnown verified tokens kept in memory, so that they need not be verified again
 * @param argon2Memory what one hash of a password takes; with {@code argon2Passes} and {@code argon2Lanes} as OWASP's
 *     Password Storage Cheat Sheet advises. Passwords with another setting are hashed anew at their next login
 * @param argon2Passes passes over {@code argon2Memory} for one hash
 * @param argon2Lanes lanes of {@code argon2Memory} that one hash is computed in
 * @param hashers passwords hashed at once; each takes a core and {@code argon2Memory} meanwhile
 * @param hashesWaiting passwords that may wait for a hasher; past them the answer is 503 at once
 */
@ConfigurationProperties("kontor.accounts")
record AccountSettings(
        @DefaultValue("kontor") String issuer,
        @DefaultValue("kontor") String audience,
        @DefaultValue("15m") Duration tokenLifetime,
        @DefaultValue("4s") Duration tokenRecheck,
        @DefaultValue("50000") int tokensKnown,
        @DefaultValue("19MB") DataSize argon2Memory,
        @DefaultValue("2") int argon2Passes,
        @DefaultValue("1") int argon2Lanes,
        @DefaultValue("2") int hashers,
        @DefaultValue("64") int hashesWaiting) {}
