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
import java.util.Map;
import kontor.payments.GatewayConnection;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Carries the SDK's requests. Its own client opens a pool for every call, sends again what fails, follows redirects, and
 * knows no limit for the whole of a call.
 */
final class AdyenConnection implements ClientInterface {
    static final String USER_AGENT = Client.LIB_NAME + "/" + Client.LIB_VERSION;

    private final String apiKey;
    private final GatewayConnection connection;

    AdyenConnection(String apiKey, GatewayConnection connection) {
        this.apiKey = apiKey;
        this.connection = connection;
    }

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
        var answer = connection.send(call);
        if (answer.status() < 200 || answer.status() > 299)
            throw new HTTPClientException(answer.status(), "HTTP " + answer.status(), answer.headers(), answer.body());
        return answer.body();
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
        connection.close();
    }
}
