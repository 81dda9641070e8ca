package kontor.payments.adyen;

import com.adyen.service.exception.ApiException;
import java.util.Set;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Declined;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it means when a call fails. That a card is refused is a good answer at Adyen, with status 200; a failed call says
 * something only when Adyen says that it did not accept the request.
 *
 * <table>
 * <caption>Statuses, after https://docs.adyen.com/development-resources/response-handling and /api-idempotency</caption>
 * <tr><th>Answer</th><th>Means</th><th>Why</th></tr>
 * <tr><td>none: refused connection, timeout, reset; strange when a part of one came: cut or endless body</td>
 *     <td>NoAnswer</td><td>Adyen may have executed it</td></tr>
 * <tr><td>2xx that is not Adyen's JSON, or without a result or a name</td><td>NoAnswer, strange</td>
 *     <td>a proxy, or a broken answer</td></tr>
 * <tr><td>3xx</td><td>NoAnswer, strange</td><td>the API never redirects: this is not Adyen speaking</td></tr>
 * <tr><td>401, 403</td><td>NoAnswer, ERROR in the log</td>
 *     <td>our key is wrong, revoked or for another account; it says nothing about the payment, and no buyer should be told
 *     that a card was declined. It resolves when the key is mended</td></tr>
 * <tr><td>400, 422 of type {@code validation} on authorize, capture and refund</td><td>Declined</td>
 *     <td>refused while it was read. Had an earlier call with the key been executed, its answer would have come instead</td></tr>
 * <tr><td>the same with code 704, or with {@code transient-error: true}</td><td>NoAnswer</td>
 *     <td>a call with this key is still under way, and may succeed</td></tr>
 * <tr><td>the same on cancel</td><td>NoAnswer</td><td>says nothing about what is held; giving up twice does no harm</td></tr>
 * <tr><td>the same after a 3-D Secure step</td><td>NoAnswer</td>
 *     <td>anybody can bring back nonsense, and nonsense ends nobody's payment</td></tr>
 * <tr><td>404, 409, 429, 5xx, or anything else than Adyen's JSON</td><td>NoAnswer</td>
 *     <td>says nothing of the outcome</td></tr>
 * </table>
 */
final class AdyenRefusals {
    private static final Logger log = LoggerFactory.getLogger(AdyenRefusals.class);
    private static final String UNDER_WAY = "704";

    private AdyenRefusals() {}

    /** Of authorize, capture and refund. */
    static GatewayAnswer ofRequest(String what, ApiException e) {
        if (!isRefusedRequest(e)) return unknown(what, e);
        log.warn("Adyen refused to {}: {}", what, AdyenAnswers.oneLine(String.valueOf(e.getMessage())));
        return new Declined("request_refused", "The payment was declined.", null);
    }

    /** Of cancel, and after a 3-D Secure step. */
    static GatewayAnswer unknown(String what, ApiException e) {
        var reason = what + ": " + e.getStatusCode() + " " + e.getMessage();
        if (e.getStatusCode() == 401 || e.getStatusCode() == 403) {
            log.error("Adyen does not accept kontor.payments.adyen.api-key: {}", AdyenAnswers.oneLine(reason));
        } else {
            log.warn("No answer from Adyen: {}", AdyenAnswers.oneLine(reason));
        }
        // Answers that send us elsewhere: this is not Adyen speaking.
        return e.getStatusCode() >= 200 && e.getStatusCode() < 400
                ? AdyenAnswers.strange(reason)
                : AdyenAnswers.noAnswer(reason);
    }

    private static boolean isRefusedRequest(ApiException e) {
        var error = e.getError();
        return Set.of(400, 422).contains(e.getStatusCode())
                && error != null
                && "validation".equals(error.getErrorType())
                && !UNDER_WAY.equals(error.getErrorCode())
                && !isTransient(e);
    }

    private static boolean isTransient(ApiException e) {
        return e.getResponseHeaders() != null
                && e.getResponseHeaders().entrySet().stream()
                        .anyMatch(header -> "transient-error".equalsIgnoreCase(header.getKey())
                                && header.getValue().contains("true"));
    }
}
