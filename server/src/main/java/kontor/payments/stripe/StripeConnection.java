package kontor.payments.stripe;

import com.stripe.Stripe;
import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
 * <p>The SDK's own way, {@code HttpURLConnection}, keeps five idle connections whatever the load, follows redirects,
 * may silently send a POST twice, and knows no limit for the whole of a call. Here a call is sent once, ends after its
 * budget wherever it stands, reads at most {@value #LONGEST_ANSWER} bytes, and goes nowhere but where it was sent.
 */
final class StripeConnection extends HttpClient implements AutoCloseable {
    private static final int LONGEST_ANSWER = 1 << 20;
    /** Stripe and the simulator keep idle connections for longer, so the one we take is rarely just being closed. */
    private static final TimeValue IDLE = TimeValue.ofSeconds(20);

    private static final String USER_AGENT = "Stripe/v1 JavaBindings/" + Stripe.VERSION + " Kontor";

    /** When the question that is being asked has to be answered, by the machine's own clock. */
    private static final ScopedValue<Long> DEADLINE = ScopedValue.newInstance();

    private final CloseableHttpClient http;
    private final Duration budget;
    private final ScheduledThreadPoolExecutor deadlines;

    StripeConnection(Duration budget, int maxConnections) {
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
                1, Thread.ofPlatform().name("stripe-deadlines").daemon().factory());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    /** Whatever calls a question takes, together they get no more time than one. */
    <T> T withinOneBudget(Supplier<T> question) {
        return ScopedValue.where(DEADLINE, System.nanoTime() + budget.toNanos()).call(question::get);
    }

    private long nanosLeft() {
        return DEADLINE.isBound() ? DEADLINE.get() - System.nanoTime() : budget.toNanos();
    }

    private ApiConnectionException tooLate() {
        return new ApiConnectionException("no answer within " + budget.toMillis() + " ms");
    }

    /** @throws ApiConnectionException when no whole answer came: what was asked may have happened or not */
    @Override
    public StripeResponse request(StripeRequest request) throws ApiConnectionException {
        var call = new HttpUriRequestBase(
                request.method().name(), URI.create(request.url().toString()));
        request.headers().map().forEach((name, values) -> call.setHeader(name, String.join(",", values)));
        if (request.content() != null) {
            call.setEntity(new ByteArrayEntity(
                    request.content().byteArrayContent(),
                    ContentType.parse(request.content().contentType())));
        }
        var left = nanosLeft();
        if (left <= 0) throw tooLate();
        var deadline = deadlines.schedule(call::cancel, left, TimeUnit.NANOSECONDS);
        try {
            return http.execute(call, StripeConnection::read);
        } catch (IOException e) {
            if (call.isCancelled()) throw tooLate();
            throw new ApiConnectionException(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        } finally {
            deadline.cancel(false);
        }
    }

    /** A part of an answer came, or more than any answer has. */
    static final class CutAnswer extends IOException {
        private static final long serialVersionUID = 1;

        CutAnswer(IOException cause) {
            super("the answer breaks off", cause);
        }
    }

    private static StripeResponse read(ClassicHttpResponse response) throws IOException {
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (var header : response.getHeaders()) headers.put(header.getName(), List.of(header.getValue()));
        return new StripeResponse(response.getCode(), HttpHeaders.of(Map.copyOf(headers)), whole(response.getEntity()));
    }

    private static String whole(@Nullable HttpEntity entity) throws CutAnswer {
        try {
            return body(entity);
        } catch (IOException e) {
            throw new CutAnswer(e);
        }
    }

    private static String body(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) return "";
        var bytes = entity.getContent().readNBytes(LONGEST_ANSWER + 1);
        if (bytes.length > LONGEST_ANSWER) throw new IOException("answer longer than " + LONGEST_ANSWER + " bytes");
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        http.close();
    }
}
