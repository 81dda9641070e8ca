package kontor.simulator;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** Posts messages over kept connections. Each is sent once: whether it is sent again is not decided here. */
final class WebhookClient implements AutoCloseable {
    private static final ContentType JSON = ContentType.parse("application/json; charset=utf-8");

    private final CloseableHttpClient http;

    /** @param connections how many messages can be under way at once */
    WebhookClient(int connections, Duration patience) {
        var timeout = Timeout.of(patience);
        http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .setIdleTimeout(Timeout.ofSeconds(10))
                                .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                                .build())
                        .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(timeout).build())
                .setUserAgent("Stripe/1.0 (kontor simulator)")
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .build();
    }

    /** @return whether it was answered with 2xx */
    boolean post(URI url, byte[] body, String signature) {
        return post(url, body, Map.of("Stripe-Signature", signature));
    }

    /** @return whether it was answered with 2xx */
    boolean post(URI url, byte[] body, Map<String, String> headers) {
        var call = new HttpPost(url);
        headers.forEach(call::setHeader);
        call.setEntity(new ByteArrayEntity(body, JSON));
        try {
            return http.execute(call, answer -> {
                EntityUtils.consume(answer.getEntity()); // read to its end, a connection is used again
                return answer.getCode() >= 200 && answer.getCode() < 300;
            });
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
