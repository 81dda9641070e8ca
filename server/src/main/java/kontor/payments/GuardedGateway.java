package kontor.payments;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A gateway of which only so much is asked at once, and nothing while it does not answer. A question that is not sent for
 * that is {@link GatewayAnswer.NoAnswer}: its operation stays open and is asked about later, under the same key.
 *
 * @param foundFull counts questions that found no place
 * @param foundOpen counts questions that the breaker held back
 */
record GuardedGateway(
        PaymentGateway gateway, GatewayBreaker breaker, Bulkhead places, Counter foundFull, Counter foundOpen)
        implements PaymentGateway {
    private static final GatewayAnswer FULL =
            GatewayAnswer.NoAnswer.notSent("too much is being asked of the gateway at once");
    private static final GatewayAnswer OPEN = GatewayAnswer.NoAnswer.notSent("the gateway has stopped answering");

    /** @throws IllegalStateException inside a transaction: a slow gateway would hold locks and a connection */
    private GatewayAnswer guarded(Supplier<GatewayAnswer> question) {
        if (TransactionSynchronizationManager.isActualTransactionActive())
            throw new IllegalStateException("a gateway must not be asked inside a transaction");
        // In this order: while the breaker is open nobody waits for a place.
        if (!breaker.letsThrough()) {
            foundOpen.increment();
            return OPEN;
        }
        if (!places.tryAcquirePermission()) {
            breaker.notSent();
            foundFull.increment();
            return FULL;
        }
        var begun = System.nanoTime();
        try {
            var answer = question.get();
            breaker.answered(answer, System.nanoTime() - begun);
            return answer;
        } catch (RuntimeException | Error e) {
            breaker.failed(e, System.nanoTime() - begun);
            throw e;
        } finally {
            places.onComplete();
        }
    }

    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        return guarded(() -> gateway.authorize(request));
    }

    @Override
    public GatewayAnswer capture(GatewayRequest.Capture request) {
        return guarded(() -> gateway.capture(request));
    }

    @Override
    public GatewayAnswer lookUpCapture(GatewayRequest.Capture request) {
        return guarded(() -> gateway.lookUpCapture(request));
    }

    @Override
    public GatewayAnswer confirm(GatewayRequest.Confirm request) {
        return guarded(() -> gateway.confirm(request));
    }

    @Override
    public GatewayAnswer cancel(String operationKey, String gatewayReference) {
        return guarded(() -> gateway.cancel(operationKey, gatewayReference));
    }

    @Override
    public GatewayAnswer refund(String operationKey, String gatewayReference, Money amount) {
        return guarded(() -> gateway.refund(operationKey, gatewayReference, amount));
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        return guarded(() -> gateway.lookUp(request));
    }

    @Override
    public GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request) {
        return guarded(() -> gateway.lookUpRefund(request));
    }

    /** Takes a place like every question, but reading the books says nothing about payments: the breaker is not told. */
    @Override
    public BalancePage balance(@Nullable String after) {
        if (!places.tryAcquirePermission()) {
            foundFull.increment();
            return new BalancePage.Unavailable("not asked: too much is being asked of the gateway at once");
        }
        try {
            return gateway.balance(after);
        } finally {
            places.onComplete();
        }
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
    public Duration remembersKeysFor() {
        return gateway.remembersKeysFor();
    }
}
