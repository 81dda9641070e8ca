package kontor.payments.adyen;

import com.adyen.Client;
import com.adyen.Config;
import com.adyen.constants.ApiConstants.HttpMethod;
import com.adyen.httpclient.ClientInterface;
import com.adyen.httpclient.HTTPClientException;
import com.adyen.model.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Carries the SDK's requests over a bounded pool of kept connections.
 *
 * <p>The SDK's own client opens a pool for every call, sends again what fails, follows redirects, and knows no limit for
 * the whole of a call. Here a call is sent once, ends after its budget wherever it stands, reads at most
 * {@value #LONGEST_ANSWER} bytes, and goes nowhere but where it was sent.
 */
final class AdyenConnection implements ClientInterface {
    private static final int LONGEST_ANSWER = 1 << 20;
    private static final TimeValue IDLE = TimeValue.ofSeconds(20);
    private static final String USER_AGENT = Client.LIB_NAME + "/" + Client.LIB_VERSION + " Kontor";

    private final String apiKey;
    private final Duration budget;
    private final CloseableHttpClient http;
    private final ScheduledThreadPoolExecutor deadlines;

    AdyenConnection(String apiKey, Duration budget, int maxConnections) {
        this.apiKey = apiKey;
        this.budget = budget;
        var patience = Timeout.of(budget);
        var pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(maxConnections)
                .setMaxConnPerRoute(maxConnections)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(patience)
                        .setSocketTimeout(patience)
                        .setIdleTimeout(Timeout.of(IDLE.toDuration()))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .build())
                .build();
        http = HttpClients.custom()
                .setConnectionManager(pool)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(patience)
                        .setResponseTimeout(patience)
                        .build())
                .setUserAgent(USER_AGENT)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .build();
        deadlines = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("adyen-deadlines").daemon().factory());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    private record Answer(int status, Map<String, List<String>> headers, String body) {}

    /**
     * @throws IOException when no whole answer came: what was asked may have happened or not
     * @throws HTTPClientException for an answer that is not 2xx
     */
    @Override
    public String request(
            String endpoint,
            String body,
            Config config,
            boolean isApiKeyRequired,
            @Nullable RequestOptions options,
            HttpMethod method,
            @Nullable Map<String, String> parameters)
            throws IOException, HTTPClientException {
        if (method != HttpMethod.POST || (parameters != null && !parameters.isEmpty()))
            throw new IllegalArgumentException("only what changes something is asked here");
        var call = new HttpUriRequestBase("POST", URI.create(endpoint));
        call.setHeader("x-api-key", apiKey);
        if (options != null && options.getIdempotencyKey() != null)
            call.setHeader("Idempotency-Key", options.getIdempotencyKey());
        call.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), ContentType.APPLICATION_JSON));
        var answer = execute(call);
        if (answer.status() < 200 || answer.status() > 299)
            throw new HTTPClientException(answer.status(), "HTTP " + answer.status(), answer.headers(), answer.body());
        return answer.body();
    }

    private Answer execute(HttpUriRequestBase call) throws IOException {
        var deadline = deadlines.schedule(call::cancel, budget.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return http.execute(call, AdyenConnection::read);
        } catch (IOException e) {
            throw new IOException(
                    call.isCancelled()
                            ? "no answer within " + budget.toMillis() + " ms"
                            : e.getClass().getSimpleName() + ": " + e.getMessage(),
                    e);
        } finally {
            deadline.cancel(false);
        }
    }

    private static Answer read(ClassicHttpResponse response) throws IOException {
        var headers = new LinkedHashMap<String, List<String>>();
        for (var header : response.getHeaders()) headers.put(header.getName(), List.of(header.getValue()));
        return new Answer(response.getCode(), headers, body(response.getEntity()));
    }

    private static String body(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) return "";
        var bytes = entity.getContent().readNBytes(LONGEST_ANSWER + 1);
        if (bytes.length > LONGEST_ANSWER) throw new IOException("answer longer than " + LONGEST_ANSWER + " bytes");
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String request(String endpoint, String body, Config config) throws IOException, HTTPClientException {
        return request(endpoint, body, config, true);
    }

    @Override
    public String request(String endpoint, String body, Config config, boolean isApiKeyRequired)
            throws IOException, HTTPClientException {
        return request(endpoint, body, config, isApiKeyRequired, null);
    }

    @Override
    public String request(
            String endpoint, String body, Config config, boolean isApiKeyRequired, @Nullable RequestOptions options)
            throws IOException, HTTPClientException {
        return request(endpoint, body, config, isApiKeyRequired, options, HttpMethod.POST);
    }

    @Override
    public String request(
            String endpoint,
            String body,
            Config config,
            boolean isApiKeyRequired,
            @Nullable RequestOptions options,
            HttpMethod method)
            throws IOException, HTTPClientException {
        return request(endpoint, body, config, isApiKeyRequired, options, method, null);
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        http.close();
    }
}
