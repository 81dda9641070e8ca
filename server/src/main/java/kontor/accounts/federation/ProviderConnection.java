package kontor.accounts.federation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Carries what is asked of an OpenID provider. Each question has a time in which it ends wherever it stands; answers are
 * bounded; redirects are not followed. The provider itself may be anywhere, for whoever runs this server has named it. What
 * its documents name besides has to be out in the public: they must not have us ask our own network. The addresses that are
 * looked at are those that are connected to.
 */
final class ProviderConnection implements AutoCloseable {
    private static final int LONGEST_ANSWER = 64 * 1024;
    private static final int CONNECTIONS = 8;
    private static final Set<Integer> PORTS = Set.of(-1, 443, 8443);
    private final URI issuer;
    private final Duration budget;
    private final CloseableHttpClient http;
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * @param budget for a question, from asking for a connection to the last byte of the answer
     * @param ca see {@link Trust}
     */
    ProviderConnection(URI issuer, Duration budget, @Nullable Path ca) {
        this.issuer = issuer;
        this.budget = budget;
        var patience = Timeout.of(budget);
        var pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS)
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(Trust.in(ca)))
                .setDnsResolver(new Resolver(issuer.getHost()))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(patience)
                        .setSocketTimeout(patience)
                        .setIdleTimeout(Timeout.ofSeconds(20))
                        .build())
                .build();
        http = HttpClients.custom()
                .setConnectionManager(pool)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(patience)
                        .setResponseTimeout(patience)
                        .build())
                .setUserAgent("Kontor")
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .build();
        deadlines = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("provider-deadlines").daemon().factory());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    /** A whole answer, whatever its status. */
    record Answer(int status, @Nullable String type, String body) {}

    /** @throws IOException when no whole answer came, or the address is none that may be asked */
    Answer send(HttpUriRequestBase question) throws IOException {
        check(address(question));
        var deadline = deadlines.schedule(question::cancel, budget.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return http.execute(question, ProviderConnection::read);
        } catch (IllegalStateException e) {
            throw new IOException("no answer in time", e); // what the client says when its time is over at a bad moment
        } finally {
            deadline.cancel(false);
        }
    }

    private static URI address(HttpUriRequestBase question) throws IOException {
        try {
            return question.getUri();
        } catch (java.net.URISyntaxException e) {
            throw new IOException("not an address", e);
        }
    }

    /** Whether the provider may have us go there. */
    void check(@Nullable URI address) throws IOException {
        if (address == null) throw new IOException("the provider does not say where");
        var isOwn = issuer.getScheme().equals(address.getScheme())
                && issuer.getHost().equalsIgnoreCase(address.getHost())
                && issuer.getPort() == address.getPort();
        var isSecure =
                "https".equals(address.getScheme()) && address.getHost() != null && PORTS.contains(address.getPort());
        if (!(isOwn || isSecure) || address.getRawUserInfo() != null)
            throw new IOException("the provider names an address that is not asked: " + address);
    }

    private static Answer read(ClassicHttpResponse response) throws IOException {
        var entity = response.getEntity();
        if (entity == null) return new Answer(response.getCode(), null, "");
        var bytes = entity.getContent().readNBytes(LONGEST_ANSWER + 1);
        if (bytes.length > LONGEST_ANSWER) throw new IOException("answer longer than " + LONGEST_ANSWER + " bytes");
        return new Answer(response.getCode(), entity.getContentType(), new String(bytes, StandardCharsets.UTF_8));
    }

    /** Every address of a name has to be fine, for any of them may be connected to. */
    record Resolver(String ownHost) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            var addresses = SystemDefaultDnsResolver.INSTANCE.resolve(host);
            if (host.toLowerCase(Locale.ROOT).equals(ownHost.toLowerCase(Locale.ROOT))) return addresses;
            for (var address : addresses)
                if (!PublicAddresses.isPublic(address))
                    throw new UnknownHostException(host + " is not out in the public");
            return addresses;
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
        }
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        http.close();
    }
}
