package kontor.accounts.sessions;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where this installation is found: what mails, passkeys and OAuth clients name, which never believe a request's host.
 *
 * @param publicUrl where people, their browsers and OAuth clients find the server, such as {@code https://shop.example}:
 *     what the links in mails begin with, what passkeys are bound to (the host is their relying party id), and the issuer of
 *     what OAuth clients get. https, or http on this very machine; nothing behind host and port
 */
@ConfigurationProperties("kontor.accounts")
public record PublicUrl(
        @DefaultValue("http://localhost:8080") String publicUrl) {
    private static final Pattern SAFE = Pattern.compile(
            "https://[^/?#@\\sA-Z]+(?<!:443)|http://(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]+)?(?<!:80)");
    private static final Pattern IP_ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

    public PublicUrl {
        if (!SAFE.matcher(publicUrl).matches() || hostOf(publicUrl) == null)
            throw new IllegalArgumentException(
                    "kontor.accounts.public-url must be https://host, or http://localhost:port, in small letters and without the usual"
                            + " port, and nothing behind it");
    }

    /** Whether browsers bind passkeys to it: to a name, never to the number of a machine. */
    public boolean takesPasskeys() {
        return !IP_ADDRESS.matcher(host()).matches();
    }

    public String host() {
        return String.valueOf(hostOf(publicUrl));
    }

    /** A page of the shop, to which a mail leads. */
    public String link(String path, String token) {
        return publicUrl + path + "?token=" + token;
    }

    private static @Nullable String hostOf(String url) {
        return URI.create(url).getHost();
    }
}
