package kontor.accounts;

import java.net.URI;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param registration who may open an account: {@code open} anybody, {@code verified} anybody who shows by a link in a
 *     mail that the address is theirs, {@code closed} staff only
 * @param publicUrl where people find the shop: what the links in mails begin with; https, or plain http on this machine
 */
@ConfigurationProperties("kontor.accounts")
record UserSettings(
        @DefaultValue("open") RegistrationMode registration,
        @DefaultValue("http://localhost:8080") URI publicUrl) {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    UserSettings {
        var scheme = publicUrl.getScheme();
        var host = publicUrl.getHost();
        if (host == null
                || publicUrl.getRawUserInfo() != null
                || publicUrl.getRawQuery() != null
                || publicUrl.getRawFragment() != null
                || !("https".equalsIgnoreCase(scheme)
                        || ("http".equalsIgnoreCase(scheme) && THIS_MACHINE.contains(host))))
            throw new IllegalArgumentException(
                    "kontor.accounts.public-url must be an https address such as https://shop.example");
    }

    /** A page of the shop, to which a mail leads. */
    String link(String path, String token) {
        var base = publicUrl.toString();
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path + "?token=" + token;
    }
}
