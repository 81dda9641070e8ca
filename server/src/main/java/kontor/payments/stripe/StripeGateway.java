package kontor.payments.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.net.RequestOptions;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentCreateParams.CaptureMethod;
import com.stripe.param.PaymentIntentCreateParams.PaymentMethodOptions;
import com.stripe.param.PaymentIntentSearchParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.stripe.service.PaymentIntentService;
import com.stripe.service.RefundService;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kontor.money.Money;
import kontor.payments.BalancePage;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayConnection;
import kontor.payments.GatewayRequest;
import kontor.payments.PaymentGateway;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookReceipt;
import kontor.payments.WebhookVerdict;
import kontor.payments.WebhookVerdict.Verified;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cards through Stripe's PaymentIntents. A payment of ours is one payment intent, created and confirmed in one call, with
 * our ids in its metadata.
 *
 * <p>A payment that Stripe has refused is closed before that is told, whoever finds it: see {@link StripeClosing}.
 *
 * <p>An answer counts only when it is about the payment that was asked about, with the same currency and amount;
 * otherwise it is no answer. What errors mean stands in {@link StripeRefusals}.
 */
public final class StripeGateway implements PaymentGateway, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StripeGateway.class);

    /** Some cards allow one capture only; the first that is not the last is refused then. */
    private static final PaymentMethodOptions IN_PARTS_IF_POSSIBLE = PaymentMethodOptions.builder()
            .setCard(PaymentMethodOptions.Card.builder()
                    .setRequestMulticapture(PaymentMethodOptions.Card.RequestMulticapture.IF_AVAILABLE)
                    .build())
            .build();

    /** Never sent: Stripe has no word for such an amount. */
    private static final Declined NOT_PAYABLE =
            new Declined("amount_not_payable", "This amount cannot be paid by card in this currency.", null);

    static {
        // Otherwise the SDK sends timings of earlier calls along, which nobody asked the operator for.
        Stripe.enableTelemetry = false;
    }

    private final GatewayConnection connection;
    private final PaymentIntentService intents;
    private final RefundService refunds;
    private final StripeCaptures captures;
    private final StripeClosing closing;
    private final StripeBalance balance;
    private final StripeAnswers answers;
    private final StripeRefusals refusals;
    private final StripeEvents events;

    /** @throws IllegalArgumentException without a secret key */
    public StripeGateway(StripeSettings settings) {
        if (settings.secretKey() == null)
            throw new IllegalArgumentException("kontor.payments.stripe.secret-key is not set");
        connection = new GatewayConnection(
                name(), StripeConnection.USER_AGENT, settings.timeout(), settings.maxConnections());
        var client = StripeClient.builder()
                .setApiKey(settings.secretKey())
                .setApiBase(settings.apiBase().toString().replaceAll("/+$", ""))
                .setHttpClient(new StripeConnection(connection))
                .setMaxNetworkRetries(0) // retrying is the caller's decision, who has it on record
                .build();
        intents = client.v1().paymentIntents();
        refunds = client.v1().refunds();
        answers = new StripeAnswers(settings.apiBase());
        refusals = new StripeRefusals(answers);
        captures = new StripeCaptures(intents, refusals);
        closing = new StripeClosing(intents, refusals);
        balance = new StripeBalance(client.v1().balanceTransactions());
        events = new StripeEvents(answers, new StripeSignatures(settings.webhookSecrets()));
    }

    @Override
    public String name() {
        return "stripe";
    }

    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        PaymentIntentCreateParams params;
        try {
            params = paramsOf(request);
        } catch (ArithmeticException e) {
            return NOT_PAYABLE;
        }
        return read("authorize", () -> {
            try {
                var intent = intents.create(params, key(request.operationKey()));
                return closed(request, intent, asAsked(request, intent));
            } catch (StripeException e) {
                return refusals.ofAuthorize(
                        e,
                        intent -> differenceOf(intent, request) == null,
                        (intent, refused) -> closed(request, intent, refused));
            }
        });
    }

    private GatewayAnswer closed(GatewayRequest.Authorize request, PaymentIntent intent, GatewayAnswer answer) {
        return closing.closed(intent, answer, request.operationKey() + ":close", now -> asAsked(request, now));
    }

    private static PaymentIntentCreateParams paramsOf(GatewayRequest.Authorize request) {
        var params = PaymentIntentCreateParams.builder()
                .setAmount(StripeAmounts.amountOf(request.amount()))
                .setCurrency(StripeAmounts.currencyOf(request.amount()))
                .setPaymentMethod(request.token())
                .addPaymentMethodType("card")
                .setCaptureMethod(request.capture() ? CaptureMethod.AUTOMATIC : CaptureMethod.MANUAL)
                .setConfirm(true)
                .putMetadata(StripeAnswers.ORDER, Long.toString(request.orderId()))
                .putMetadata(StripeAnswers.PAYMENT, Long.toString(request.paymentId()))
                .putMetadata(StripeAnswers.OPERATION, request.operationKey());
        if (!request.capture()) {
            params.putMetadata(StripeAnswers.HELD, "true").setPaymentMethodOptions(IN_PARTS_IF_POSSIBLE);
        }
        // Without an address to come back to, the buyer could not take the step that a bank may ask for: better a
        // refusal at once than stock held for nobody.
        return request.returnUrl() != null
                ? params.setReturnUrl(request.returnUrl().toString()).build()
                : params.setErrorOnRequiresAction(true).build();
    }

    private static @Nullable String differenceOf(PaymentIntent intent, GatewayRequest.Authorize request) {
        return StripeAnswers.difference(intent, request.amount(), request.paymentId(), request.operationKey());
    }

    /** Success means what was asked for: all of it, and held or taken as asked. */
    private GatewayAnswer asAsked(GatewayRequest.Authorize request, PaymentIntent intent) {
        var difference = differenceOf(intent, request);
        if (difference != null) return mismatch("authorize", intent, difference);
        var answer = answers.stateOf(intent);
        return switch (answer) {
            case Authorized(var reference, var held)
            when request.capture() || !held.equals(request.amount()) -> mismatch("authorize", intent, "held " + held);
            case Captured(var reference, var taken)
            when !request.capture() || !taken.equals(request.amount()) ->
                mismatch("authorize", intent, "captured " + taken);
            default -> answer;
        };
    }

    @Override
    public GatewayAnswer capture(GatewayRequest.Capture request) {
        return cannotBeSaid(request.amount()) ? NOT_PAYABLE : read("capture", () -> captures.capture(request));
    }

    @Override
    public GatewayAnswer lookUpCapture(GatewayRequest.Capture request) {
        return cannotBeSaid(request.amount())
                ? NOT_PAYABLE
                : read("look-up of a capture", () -> captures.lookUp(request));
    }

    /** Stripe hears from the buyer's bank itself. */
    @Override
    public GatewayAnswer confirm(GatewayRequest.Confirm request) {
        return lookUp(new GatewayRequest.LookUp(
                request.operationKey(), request.paymentId(), request.amount(), request.gatewayReference()));
    }

    @Override
    public boolean answersLookUps() {
        return true;
    }

    @Override
    public BalancePage balance(@Nullable String after) {
        return balance.page(after);
    }

    @Override
    public GatewayAnswer cancel(String operationKey, String gatewayReference) {
        return read("cancel", () -> {
            try {
                var intent = intents.cancel(gatewayReference, key(operationKey));
                if (!gatewayReference.equals(intent.getId())) return mismatch("cancel", intent, "another payment");
                var answer = answers.givenUp(intent);
                return answer instanceof GatewayAnswer.Voided
                        ? answer
                        : mismatch("cancel", intent, String.valueOf(answer));
            } catch (StripeException e) {
                return refusals.ofCancel(e, gatewayReference);
            }
        });
    }

    @Override
    public GatewayAnswer refund(String operationKey, String gatewayReference, Money amount) {
        if (cannotBeSaid(amount)) return NOT_PAYABLE;
        return read("refund", () -> {
            try {
                var params = RefundCreateParams.builder()
                        .setPaymentIntent(gatewayReference)
                        .setAmount(StripeAmounts.amountOf(amount))
                        .putMetadata(StripeAnswers.OPERATION, operationKey)
                        .build();
                return refunded(refunds.create(params, key(operationKey)), operationKey, gatewayReference, amount);
            } catch (StripeException e) {
                return refusals.ofRefund(e);
            }
        });
    }

    private GatewayAnswer refunded(Refund refund, String operationKey, String gatewayReference, Money amount) {
        if (!gatewayReference.equals(refund.getPaymentIntent())) return mismatch(refund, "another payment");
        if (!operationKey.equals(StripeAnswers.metadata(refund.getMetadata(), StripeAnswers.OPERATION))) {
            return mismatch(refund, "another operation");
        }
        var its = StripeAmounts.moneyOf(refund.getAmount(), refund.getCurrency());
        return its.equals(amount) ? answers.stateOf(refund) : mismatch(refund, "refund of " + its);
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        return read("look-up", () -> {
            try {
                var reference = request.gatewayReference();
                if (reference == null) return search(request);
                var intent = intents.retrieve(reference);
                return reference.equals(intent.getId())
                        ? closed(request, intent)
                        : mismatch("look-up", intent, "another payment");
            } catch (StripeException e) {
                return refusals.ofLookUp(e);
            }
        });
    }

    private GatewayAnswer search(GatewayRequest.LookUp request) throws StripeException {
        var found = intents.search(PaymentIntentSearchParams.builder()
                        .setQuery("metadata['%s']:'%s'".formatted(StripeAnswers.OPERATION, request.operationKey()))
                        .setLimit(2L)
                        .build())
                .getData();
        if (found.isEmpty()) return new NotFound();
        var first = found.getFirst();
        return found.size() == 1 ? closed(request, first) : mismatch("look-up", first, "not the only one");
    }

    /** Closing twice is closing once, so each look-up has a key of its own: the first may stand for an error by now. */
    private GatewayAnswer closed(GatewayRequest.LookUp request, PaymentIntent intent) {
        var key = request.operationKey() + ":close-" + UUID.randomUUID();
        return closing.closed(intent, asFound(request, intent), key, now -> asFound(request, now));
    }

    private GatewayAnswer asFound(GatewayRequest.LookUp request, PaymentIntent intent) {
        var difference =
                StripeAnswers.difference(intent, request.amount(), request.paymentId(), request.operationKey());
        if (difference != null) return mismatch("look-up", intent, difference);
        var state = answers.stateOf(intent);
        // Only the whole of it is the answer to the question that began the payment.
        return state instanceof GatewayAnswer.Captured taken && !taken.amount().equals(request.amount())
                ? mismatch("look-up", intent, "captured " + taken.amount())
                : state;
    }

    @Override
    public GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request) {
        if (cannotBeSaid(request.amount())) return NOT_PAYABLE;
        return read("look-up of a refund", () -> {
            try {
                var refund = request.refundReference() == null
                        ? searchRefund(request)
                        : refunds.retrieve(request.refundReference());
                if (refund == null) return new NotFound();
                return refunded(refund, request.operationKey(), request.gatewayReference(), request.amount());
            } catch (StripeException e) {
                return refusals.ofLookUp(e);
            }
        });
    }

    /** A list is up to date at once, unlike a search, and a payment has few refunds. */
    private @Nullable Refund searchRefund(GatewayRequest.LookUpRefund request) throws StripeException {
        var params = RefundListParams.builder()
                .setPaymentIntent(request.gatewayReference())
                .setLimit(100L)
                .build();
        for (var refund : refunds.list(params).autoPagingIterable()) {
            var operation = StripeAnswers.metadata(refund.getMetadata(), StripeAnswers.OPERATION);
            if (Objects.equals(operation, request.operationKey())) return refund;
        }
        return null;
    }

    @Override
    public WebhookVerdict readWebhook(byte[] rawBody, Function<String, @Nullable String> headers, Instant now) {
        return events.read(rawBody, headers.apply("Stripe-Signature"), now);
    }

    /** Any 2xx will do. */
    @Override
    public WebhookReceipt receipt() {
        return new WebhookReceipt("application/json", "{\"received\":true}");
    }

    @Override
    public Optional<WebhookEvent> readStored(byte[] raw) {
        return events.readVerified(raw) instanceof Verified verified
                ? Optional.of(verified.parts().getFirst().event())
                : Optional.empty();
    }

    /** "Keys are eligible to be removed from the system automatically after they're at least 24 hours old." */
    @Override
    public Duration remembersKeysFor() {
        return Duration.ofHours(24);
    }

    static RequestOptions key(String operationKey) {
        return RequestOptions.builder().setIdempotencyKey(operationKey).build();
    }

    static GatewayAnswer mismatch(String what, PaymentIntent intent, String difference) {
        log.error("Stripe's answer to {} is not the one asked for: {} ({})", what, difference, intent.getId());
        return StripeAnswers.strange(what + ": the answer is about something else: " + difference);
    }

    private static GatewayAnswer mismatch(Refund refund, String difference) {
        log.error("Stripe's answer to a refund is not the one asked for: {} ({})", difference, refund.getId());
        return StripeAnswers.strange("refund: the answer is about something else: " + difference);
    }

    private static boolean cannotBeSaid(Money amount) {
        try {
            StripeAmounts.amountOf(amount);
            return false;
        } catch (ArithmeticException e) {
            return true;
        }
    }

    private interface Question {
        GatewayAnswer ask();
    }

    /**
     * The SDK trusts what it reads: an empty body, {@code []} or a word where a number belongs surface as all kinds of
     * runtime exceptions, after the call was made. None of them says whether the money moved.
     */
    private GatewayAnswer read(String what, Question question) {
        try {
            return connection.withinOneBudget(question::ask);
        } catch (RuntimeException e) {
            log.warn("An answer to {} that cannot be read", what, e);
            return StripeAnswers.strange(what + ": the answer cannot be read: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
