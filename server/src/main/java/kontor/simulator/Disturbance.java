package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a fault makes of an answer after everything was done properly. */
final class Disturbance {
    private static final String PAGE =
            "<!doctype html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>";

    private Disturbance() {}

    /** @param previous what the call before was answered; {@code null} when it is the first */
    static Reply of(Fault fault, Reply reply, @Nullable Reply previous) {
        return switch (fault.kind()) {
            case HANG -> {
                if (!fault.before()) wait(fault);
                yield reply;
            }
            case ERROR -> Reply.json(fault.status(), errorOf(fault.status()));
            case DROP -> fault.before() ? reply : reply.over(Reply.Wire.DROPPED);
            case CUT -> reply.over(Reply.Wire.CUT);
            case EMPTY -> reply.withBody(new byte[0]);
            case HTML -> Reply.html(200, PAGE);
            case REDIRECT ->
                new Reply(
                        302,
                        "text/plain",
                        Map.of("Location", "http://127.0.0.1:9/elsewhere"),
                        new byte[0],
                        Reply.Wire.WHOLE);
            case DUPLICATE -> reply.withBody(twice(reply.body()));
            case PREVIOUS -> previous == null ? reply : previous;
            case HUGE -> reply.withBody(padded(reply.body(), fault.bytes()));
            case WRONG_AMOUNT -> changed(reply, "(\"amount(?:_capturable|_received)?\":)([0-9]+)", fault.by());
            case WRONG_CURRENCY -> replaced(reply, "\"currency\":\"[a-z]+\"", "\"currency\":\"xpf\"");
            case WRONG_PAYMENT ->
                replaced(
                        reply,
                        "\"(id|payment_intent|kontor_payment|kontor_operation)\":\"[^\"]*\"",
                        "\"$1\":\"pi_of_somebody_else\"");
            case DECLINE, AUTHENTICATE, SEARCH_LAG, WEBHOOK_DUPLICATE, WEBHOOK_LATE, WEBHOOK_SHUFFLED, WEBHOOK_FORGED ->
                reply;
        };
    }

    private static byte[] errorOf(int status) {
        return switch (status) {
            case 401 -> StripeErrors.error("invalid_request_error", null, "Invalid API Key provided.", null, null);
            case 429 ->
                StripeErrors.error("invalid_request_error", "rate_limit", "Request rate limit exceeded.", null, null);
            default -> StripeErrors.serverError();
        };
    }

    private static byte[] twice(byte[] body) {
        var both = Arrays.copyOf(body, 2 * body.length);
        System.arraycopy(body, 0, both, body.length, body.length);
        return both;
    }

    private static byte[] padded(byte[] body, int bytes) {
        var padded = new byte[bytes + body.length];
        Arrays.fill(padded, 0, bytes, (byte) ' ');
        System.arraycopy(body, 0, padded, bytes, body.length);
        return padded;
    }

    private static Reply changed(Reply reply, String numbers, long by) {
        var text = Pattern.compile(numbers)
                .matcher(new String(reply.body(), StandardCharsets.UTF_8))
                .replaceAll(match -> {
                    var amount = Long.parseLong(match.group(2));
                    return match.group(1) + (amount == 0 ? 0 : amount + by);
                });
        return reply.withBody(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply replaced(Reply reply, String what, String with) {
        var text = new String(reply.body(), StandardCharsets.UTF_8).replaceAll(what, with);
        return reply.withBody(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As long as a hanging call says nothing. */
    static void wait(Fault fault) {
        try {
            Thread.sleep(fault.millis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
