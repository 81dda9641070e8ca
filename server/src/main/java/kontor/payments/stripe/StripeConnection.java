package kontor.payments.stripe;

import com.stripe.Stripe;
import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import kontor.payments.GatewayConnection;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Carries the SDK's requests. Its own way, {@code HttpURLConnection}, keeps five idle connections whatever the load, follows
 * redirects, may silently send a POST twice, and knows no limit for the whole of a call.
 */
final class StripeConnection extends HttpClient {
    static final String USER_AGENT = "Stripe/v1 JavaBindings/" + Stripe.VERSION;

    private final GatewayConnection connection;

    StripeConnection(GatewayConnection connection) {
        this.connection = connection;
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
        try {
            var answer = connection.send(call);
            return new StripeResponse(answer.status(), HttpHeaders.of(Map.copyOf(answer.headers())), answer.body());
        } catch (IOException e) {
            throw new ApiConnectionException(e.getMessage(), e.getCause());
        }
    }
}
