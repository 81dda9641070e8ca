package kontor.payments;

import java.io.IOException;
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
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Carries an adapter's calls over a bounded pool of kept connections. A call is sent once, ends after its budget wherever
 * it stands, reads at most {@value #LONGEST_ANSWER} bytes, and goes nowhere but where it was sent: what the clients of
 * gateways' SDKs do not promise.
 */
public final class GatewayConnection implements AutoCloseable {
    private static final int LONGEST_ANSWER = 1 << 20;
    /** Gateways and the simulator keep idle connections for longer, so the one we take is rarely just being closed. */
    private static final TimeValue IDLE = TimeValue.ofSeconds(20);

    /** When the question that is being asked has to be answered, by the machine's own clock. */
    private static final ScopedValue<Long> DEADLINE = ScopedValue.newInstance();

    private final CloseableHttpClient http;
    private final Duration budget;
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * @param gateway whose it is, as its threads are named
     * @param userAgent of the SDK whose calls these are
     * @param budget for a call, from asking for a connection to the last byte of the answer
     */
    public GatewayConnection(String gateway, String userAgent, Duration budget, int maxConnections) {
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
                .setUserAgent(userAgent + " Kontor")
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .build();
        deadlines = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(gateway + "-deadlines").daemon().factory());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    /**
     * A whole answer, whatever its status.
     *
     * @param headers by name in any case; of several with one name the last
     */
    public record Answer(int status, Map<String, List<String>> headers, String body) {}

    /** A part of an answer came, or more than any answer has. */
    public static final class CutAnswer extends IOException {
        private static final long serialVersionUID = 1;

        CutAnswer(IOException cause) {
            super("the answer breaks off", cause);
        }
    }

    /** Whatever calls a question takes, together they get no more time than one. */
    public <T> T withinOneBudget(Supplier<T> question) {
        return ScopedValue.where(DEADLINE, System.nanoTime() + budget.toNanos()).call(question::get);
    }

    /**
     * @throws IOException when no whole answer came: what was asked may have happened or not. Its message fits into a log
     *     line; its cause is a {@link CutAnswer} when a part of the answer came
     */
    public Answer send(HttpUriRequestBase call) throws IOException {
        var left = DEADLINE.isBound() ? DEADLINE.get() - System.nanoTime() : budget.toNanos();
        if (left <= 0) throw tooLate();
        var deadline = deadlines.schedule(call::cancel, left, TimeUnit.NANOSECONDS);
        try {
            return http.execute(call, GatewayConnection::read);
        } catch (IOException e) {
            throw call.isCancelled()
                    ? tooLate()
                    : new IOException(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        } finally {
            deadline.cancel(false);
        }
    }

    private IOException tooLate() {
        return new IOException("no answer within " + budget.toMillis() + " ms");
    }

    private static Answer read(ClassicHttpResponse response) throws IOException {
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (var header : response.getHeaders()) headers.put(header.getName(), List.of(header.getValue()));
        return new Answer(response.getCode(), headers, whole(response.getEntity()));
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
