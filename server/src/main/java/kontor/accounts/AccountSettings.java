package kontor.accounts;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param argon2Memory what one hash of a password takes; with {@code argon2Passes} and {@code argon2Lanes} as OWASP's
 *     Password Storage Cheat Sheet advises. Passwords with another setting are hashed anew at their next login
 * @param argon2Passes passes over {@code argon2Memory} for one hash, at least
 * @param argon2Lanes lanes of {@code argon2Memory} that one hash is computed in
 * @param argon2Target what one hash is to take on this machine: after the start it is measured, and there are as many
 *     passes as fit; 0 for {@code argon2Passes} alone
 * @param hashers passwords hashed at once; each takes a core and {@code argon2Memory} meanwhile
 * @param hashesWaiting passwords that may wait for a hasher; past them the answer is 503 at once. New passwords are
 *     a quarter of them at most
 */
@ConfigurationProperties("kontor.accounts")
record AccountSettings(
        @DefaultValue("19MB") DataSize argon2Memory,
        @DefaultValue("2") int argon2Passes,
        @DefaultValue("1") int argon2Lanes,
        @DefaultValue("50ms") Duration argon2Target,
        @DefaultValue("2") int hashers,
        @DefaultValue("64") int hashesWaiting) {}
