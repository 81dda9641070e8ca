package kontor.accounts;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The administrator whom the first start creates; without effect as soon as there is one.
 *
 * @param email the address that it logs in with
 * @param password one is made up and printed once when none is given
 */
@ConfigurationProperties("kontor.admin")
record FirstAdminSettings(
        @DefaultValue("admin@kontor.local") String email,
        @Nullable String password) {
    @Override
    public String toString() {
        return "FirstAdminSettings[" + email + "]"; // never the password
    }
}
