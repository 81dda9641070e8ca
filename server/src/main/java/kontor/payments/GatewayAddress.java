package kontor.payments;

import java.net.URI;
import java.util.regex.Pattern;

/** Where a gateway may be: what goes there is money, and a key that moves it. */
public final class GatewayAddress {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]");

    private GatewayAddress() {}

    /**
     * @param setting the gateway's settings, {@code kontor.payments.stripe}
     * @param plainHttp whether it may be plain http on another machine, a simulator
     * @throws IllegalArgumentException for what is no web address, and for plain http that leaves this machine otherwise
     */
    public static void check(String setting, URI address, boolean plainHttp) {
        if (!("https".equals(address.getScheme()) || "http".equals(address.getScheme())) || address.getHost() == null)
            throw new IllegalArgumentException(setting + ".api-base is not a web address: " + address);
        if ("http".equals(address.getScheme())
                && !plainHttp
                && !LOOPBACK.matcher(address.getHost()).matches())
            throw new IllegalArgumentException(
                    "%s.api-base is plain http, which anybody on the way can read and change: %s. For a simulator on another machine set %1$s.plain-http=true"
                            .formatted(setting, address));
    }
}
