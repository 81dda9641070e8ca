package kontor.payments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A gateway that answers, stays silent at once, declines or hangs, as a test wants it to, and remembers what it was sent. */
@Component
class FlakyGateway implements PaymentGateway {
    enum Mood {
        ANSWERS,
        DECLINES,
        SILENT,
        HANGS
    }

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final Map<String, GatewayAnswer> done = new ConcurrentHashMap<>();
    private final AtomicInteger hanging = new AtomicInteger();
    private volatile Mood mood = Mood.ANSWERS;
    private volatile CountDownLatch silence = new CountDownLatch(0);

    void become(Mood next) {
        if (next == Mood.HANGS) silence = new CountDownLatch(1);
        mood = next;
        if (next != Mood.HANGS) silence.countDown();
    }

    /** The keys of the authorizations that were sent, each as often as it was. */
    List<String> sent() {
        return sent;
    }

    /** How many questions wait for an answer now. */
    int hanging() {
        return hanging.get();
    }

    @Override
    public String name() {
        return "flaky";
    }

    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        sent.add(request.operationKey());
        var reference = "flaky_" + request.operationKey();
        return answer(() -> done.computeIfAbsent(
                request.operationKey(),
                _ -> mood == Mood.DECLINES
                        ? new GatewayAnswer.Declined("generic_decline", "Declined.", reference)
                        : new GatewayAnswer.Captured(reference, request.amount())));
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        return answer(() -> done.getOrDefault(request.operationKey(), new GatewayAnswer.NotFound()));
    }

    private GatewayAnswer answer(Supplier<GatewayAnswer> answer) {
        return switch (mood) {
            case ANSWERS, DECLINES -> answer.get();
            case SILENT -> new GatewayAnswer.NoAnswer("silence");
            case HANGS -> {
                hanging.incrementAndGet();
                try {
                    silence.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    hanging.decrementAndGet();
                }
                yield new GatewayAnswer.NoAnswer("it hung");
            }
        };
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
    public boolean answersLookUps() {
        return true;
    }

    @Override
    public BalancePage balance(@Nullable String after) {
        return new BalancePage.NotOffered("this gateway keeps no books");
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
        return Optional.empty();
    }

    @Override
    public Duration remembersKeysFor() {
        return Duration.ofHours(24);
    }
}
