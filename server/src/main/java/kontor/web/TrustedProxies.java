package kontor.web;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.catalina.valves.RemoteIpValve;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Takes the word of named reverse proxies, and of nobody else, on who calls and how. The caller is the rightmost address
 * in {@code X-Forwarded-For} that is no such proxy: what stands left of it anybody could have written.
 */
final class TrustedProxies implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {
    private final List<String> proxies;

    TrustedProxies(List<String> proxies) {
        this.proxies = proxies;
    }

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        if (proxies.isEmpty()) return; // without the valve nothing reads such headers
        var valve = new RemoteIpValve();
        valve.setInternalProxies(proxies.stream().map(TrustedProxies::network).collect(Collectors.joining(",")));
        valve.setRemoteIpHeader("X-Forwarded-For");
        valve.setProtocolHeader("X-Forwarded-Proto");
        valve.setHostHeader("X-Forwarded-Host");
        valve.setPortHeader("X-Forwarded-Port");
        factory.addEngineValves(valve);
    }

    /** @return in CIDR notation, a single address as a network of its own */
    static String network(String proxy) {
        var slash = proxy.indexOf('/');
        var address = slash < 0 ? proxy : proxy.substring(0, slash);
        try {
            var parsed = InetAddress.ofLiteral(address);
            var most = parsed.getAddress().length * Byte.SIZE;
            var bits = slash < 0 ? most : Integer.parseInt(proxy.substring(slash + 1));
            // The JDK would take 10.1 for 10.0.0.1.
            var whole =
                    parsed instanceof Inet6Address || parsed.getHostAddress().equals(address);
            if (whole && bits >= 1 && bits <= most) return address + "/" + bits;
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "kontor.web.trusted-proxies needs addresses or networks such as 192.0.2.7 or 10.1.0.0/16, and not \"%s\""
                        .formatted(proxy));
    }
}
