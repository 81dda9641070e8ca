package kontor.payments;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/** A gateway whose answers are counted and timed. */
record TimedGateway(PaymentGateway gateway, MeterRegistry metrics) implements PaymentGateway {
    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        return timed("authorize", () -> gateway.authorize(request));
    }

    @Override
    public GatewayAnswer capture(GatewayRequest.Capture request) {
        return timed("capture", () -> gateway.capture(request));
    }

    @Override
    public GatewayAnswer lookUpCapture(GatewayRequest.Capture request) {
        return timed("look_up_capture", () -> gateway.lookUpCapture(request));
    }

    @Override
    public GatewayAnswer confirm(GatewayRequest.Confirm request) {
        return timed("confirm", () -> gateway.confirm(request));
    }

    @Override
    public GatewayAnswer cancel(String operationKey, String gatewayReference) {
        return timed("cancel", () -> gateway.cancel(operationKey, gatewayReference));
    }

    @Override
    public GatewayAnswer refund(String operationKey, String gatewayReference, Money amount) {
        return timed("refund", () -> gateway.refund(operationKey, gatewayReference, amount));
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        return timed("look_up", () -> gateway.lookUp(request));
    }

    @Override
    public GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request) {
        return timed("look_up_refund", () -> gateway.lookUpRefund(request));
    }

    private GatewayAnswer timed(String operation, Supplier<GatewayAnswer> question) {
        var begun = Timer.start(metrics);
        var answer = question.get();
        begun.stop(Timer.builder("kontor.gateway.requests")
                .description("What gateways answered, and how long they took")
                .tag("gateway", name())
                .tag("operation", operation)
                .tag("answer", wordFor(answer))
                .serviceLevelObjectives(
                        Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5))
                .register(metrics));
        return answer;
    }

    private static String wordFor(GatewayAnswer answer) {
        return switch (answer) {
            case GatewayAnswer.Authorized _ -> "authorized";
            case GatewayAnswer.Captured _ -> "captured";
            case GatewayAnswer.RequiresAction _ -> "requires_action";
            case GatewayAnswer.Declined _ -> "declined";
            case GatewayAnswer.Voided _ -> "voided";
            case GatewayAnswer.Refunded _ -> "refunded";
            case GatewayAnswer.Pending _ -> "pending";
            case GatewayAnswer.NotFound _ -> "not_found";
            case GatewayAnswer.NoAnswer _ -> "none";
        };
    }

    @Override
    public String name() {
        return gateway.name();
    }

    @Override
    public WebhookVerdict readWebhook(byte[] rawBody, Function<String, @Nullable String> headers, Instant now) {
        return gateway.readWebhook(rawBody, headers, now);
    }

    @Override
    public WebhookReceipt receipt() {
        return gateway.receipt();
    }

    @Override
    public Optional<WebhookEvent> readStored(byte[] raw) {
        return gateway.readStored(raw);
    }

    @Override
    public boolean answersLookUps() {
        return gateway.answersLookUps();
    }

    @Override
    public BalancePage balance(@Nullable String after) {
        return gateway.balance(after);
    }

    @Override
    public Duration remembersKeysFor() {
        return gateway.remembersKeysFor();
    }
}
