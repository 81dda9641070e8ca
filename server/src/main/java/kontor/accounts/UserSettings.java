package kontor.accounts;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param registration who may open an account: {@code open} anybody, {@code verified} anybody who shows by a link in a
 *     mail that the address is theirs, {@code closed} staff only, and whom a login elsewhere makes a user by rule
 */
@ConfigurationProperties("kontor.accounts")
public record UserSettings(@DefaultValue("open") RegistrationMode registration) {}
