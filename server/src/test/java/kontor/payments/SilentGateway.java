package kontor.payments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A gateway that never says what became of a payment, and that hangs when it is asked again, for as long as a test wants
 * it to. Set free, it has declined everything. Each of its messages is the number of a payment that was declined.
 */
@Component
class SilentGateway implements PaymentGateway {
    private final AtomicInteger hanging = new AtomicInteger();
    private volatile CountDownLatch silence = new CountDownLatch(0);

    void hang() {
        silence = new CountDownLatch(1);
    }

    void answerAll() {
        silence.countDown();
    }

    /** How many questions wait for an answer now. */
    int hanging() {
        return hanging.get();
    }

    @Override
    public String name() {
        return "silent";
    }

    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        return new GatewayAnswer.Pending(null); // an answer, so that its breaker stays closed
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        hanging.incrementAndGet();
        try {
            silence.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            hanging.decrementAndGet();
        }
        return new GatewayAnswer.Declined("generic_decline", "Declined.", null);
    }

    @Override
    public GatewayAnswer capture(GatewayRequest.Capture request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GatewayAnswer lookUpCapture(GatewayRequest.Capture request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GatewayAnswer confirm(GatewayRequest.Confirm request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean answersLookUps() {
        return true;
    }

    @Override
    public BalancePage balance(@Nullable String after) {
        return new BalancePage.NotOffered("this gateway says nothing");
    }

    @Override
    public GatewayAnswer cancel(String operationKey, String gatewayReference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GatewayAnswer refund(String operationKey, String gatewayReference, Money amount) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WebhookVerdict readWebhook(byte[] rawBody, Function<String, @Nullable String> headers, Instant now) {
        return new WebhookVerdict.Forged("this gateway sends nothing");
    }

    @Override
    public WebhookReceipt receipt() {
        return new WebhookReceipt("text/plain", "");
    }

    @Override
    public Optional<WebhookEvent> readStored(byte[] rawBody) {
        var payment = new String(rawBody, StandardCharsets.UTF_8);
        return Optional.of(new WebhookEvent(
                "evt_silent_" + payment,
                "paid",
                Instant.EPOCH,
                null,
                Long.valueOf(payment),
                null,
                new GatewayAnswer.Declined("generic_decline", "Declined.", null),
                null));
    }

    @Override
    public Duration remembersKeysFor() {
        return Duration.ofHours(24);
    }
}
