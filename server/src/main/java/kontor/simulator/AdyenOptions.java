package kontor.simulator;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the simulator speaks as Adyen, below {@code /adyen}.
 *
 * @param apiKey the only one accepted; {@code null} accepts every one
 * @param webhook where messages go; {@code null} sends none
 */
public record AdyenOptions(
        @Nullable String apiKey, @Nullable Target webhook) {
    /**
     * @param hmacKey signs every item, in hexadecimal
     * @param login {@code user:password} that messages come with; {@code null} for none
     */
    public record Target(URI url, String hmacKey, @Nullable String login) {
        public Target {
            try {
                if (HexFormat.of().parseHex(hmacKey).length == 0) throw new IllegalArgumentException("it is empty");
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--adyen-hmac-key is not hexadecimal", e);
            }
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return url.toString();
        }
    }

    private static final String PREFIX = "--adyen-";
    private static final List<String> NAMES =
            List.of("--adyen-api-key", "--adyen-webhook-url", "--adyen-hmac-key", "--adyen-webhook-login");

    /** Accepts every key and sends no messages. */
    public static AdyenOptions defaults() {
        return new AdyenOptions(null, null);
    }

    public AdyenOptions acceptingOnly(String apiKey) {
        return new AdyenOptions(apiKey, webhook);
    }

    /** @param login {@code user:password}; {@code null} for none */
    public AdyenOptions sendingTo(URI url, String hmacKey, @Nullable String login) {
        return new AdyenOptions(apiKey, new Target(url, hmacKey, login));
    }

    /**
     * @param args {@code --name value} or {@code --name=value}
     * @param others receives what is not about Adyen, as it was
     * @throws IllegalArgumentException with a sentence for the person who typed them
     */
    static AdyenOptions parse(String[] args, List<String> others) {
        var given = new HashMap<String, String>();
        var rest = new ArrayList<String>();
        for (var i = 0; i < args.length; i++) {
            if (!args[i].startsWith(PREFIX)) {
                rest.add(args[i]);
                continue;
            }
            var equals = args[i].indexOf('=');
            var name = equals < 0 ? args[i] : args[i].substring(0, equals);
            if (!NAMES.contains(name)) throw new IllegalArgumentException(name + " is not an option");
            if (equals < 0 && i + 1 == args.length) throw new IllegalArgumentException(name + " needs a value");
            given.put(name, equals < 0 ? args[++i] : args[i].substring(equals + 1));
        }
        others.addAll(rest);
        return new AdyenOptions(given.get("--adyen-api-key"), targetIn(given));
    }

    private static @Nullable Target targetIn(Map<String, String> given) {
        var url = given.get("--adyen-webhook-url");
        if (url == null) return null;
        if (!WebAddress.isOne(url)) throw new IllegalArgumentException("--adyen-webhook-url is not a web address");
        var key = given.get("--adyen-hmac-key");
        if (key == null)
            throw new IllegalArgumentException("--adyen-webhook-url needs an --adyen-hmac-key to sign with");
        return new Target(URI.create(url), key, given.get("--adyen-webhook-login"));
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "AdyenOptions[webhook=" + webhook + "]";
    }
}
