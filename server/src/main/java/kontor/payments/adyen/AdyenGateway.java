package kontor.payments.adyen;

import com.adyen.Client;
import com.adyen.Config;
import com.adyen.enums.Environment;
import com.adyen.model.RequestOptions;
import com.adyen.model.checkout.Amount;
import com.adyen.model.checkout.AuthenticationData;
import com.adyen.model.checkout.AuthenticationData.AttemptAuthenticationEnum;
import com.adyen.model.checkout.CardDetails;
import com.adyen.model.checkout.CheckoutPaymentMethod;
import com.adyen.model.checkout.PaymentCancelRequest;
import com.adyen.model.checkout.PaymentCaptureRequest;
import com.adyen.model.checkout.PaymentCompletionDetails;
import com.adyen.model.checkout.PaymentDetailsRequest;
import com.adyen.model.checkout.PaymentRefundRequest;
import com.adyen.model.checkout.PaymentRequest;
import com.adyen.model.checkout.PaymentRequest.ChannelEnum;
import com.adyen.model.checkout.PaymentRequest.ShopperInteractionEnum;
import com.adyen.model.checkout.StandalonePaymentCancelRequest;
import com.adyen.model.checkout.ThreeDSRequestData;
import com.adyen.model.checkout.ThreeDSRequestData.NativeThreeDSEnum;
import com.adyen.service.checkout.ModificationsApi;
import com.adyen.service.checkout.PaymentsApi;
import com.adyen.service.exception.ApiException;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import kontor.money.Money;
import kontor.payments.BalancePage;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayAnswer.Pending;
import kontor.payments.GatewayConnection;
import kontor.payments.GatewayRequest;
import kontor.payments.PaymentGateway;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookReceipt;
import kontor.payments.WebhookVerdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cards through Adyen's Checkout API. A payment of ours is one payment there, whose reference is the operation key.
 *
 * <p>A payment is answered at once; a capture, a cancellation or a refund is only taken on, and a message tells what became
 * of it. Nothing can be looked up. A token is a stored payment method, {@code SHOPPER:METHOD} where it was stored for a
 * shopper reference.
 *
 * <p>An answer counts only when it is about the operation that was asked for, with the same currency and amount; otherwise
 * it is no answer. What errors mean stands in {@link AdyenRefusals}.
 */
public final class AdyenGateway implements PaymentGateway, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdyenGateway.class);
    /** What the page of a 3-D Secure step hands to the browser; older ones the second. */
    private static final String REDIRECT_RESULT = "redirectResult";

    private static final String PAYLOAD = "payload";

    private static final Declined NOT_PAYABLE =
            new Declined("amount_not_payable", "This amount cannot be paid by card in this currency.", null);

    private final String merchantAccount;
    private final AdyenConnection connection;
    private final PaymentsApi payments;
    private final ModificationsApi modifications;
    private final AdyenAnswers answers;
    private final AdyenEvents events;

    /** @throws IllegalArgumentException without an API key and a merchant account */
    public AdyenGateway(AdyenSettings settings) {
        if (settings.apiKey() == null || settings.merchantAccount() == null)
            throw new IllegalArgumentException("kontor.payments.adyen.api-key and merchant-account are not both set");
        merchantAccount = settings.merchantAccount();
        connection = new AdyenConnection(
                settings.apiKey(),
                new GatewayConnection(
                        name(), AdyenConnection.USER_AGENT, settings.timeout(), settings.maxConnections()));
        // The environment would choose a host; ours is a setting, and the SDK takes a base address as it is.
        var client = new Client(new Config().apiKey(settings.apiKey()).environment(Environment.TEST));
        client.setHttpClient(connection);
        var base = settings.apiBase().toString().replaceAll("/+$", "") + "/v" + PaymentsApi.API_VERSION;
        payments = new PaymentsApi(client, base);
        modifications = new ModificationsApi(client, base);
        answers = new AdyenAnswers(settings.apiBase());
        events = new AdyenEvents(
                merchantAccount,
                new AdyenSignatures(settings.hmacKeys()),
                AdyenLogin.of(settings.webhookUser(), settings.webhookPassword()));
    }

    @Override
    public String name() {
        return "adyen";
    }

    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        if (!AdyenAmounts.canSay(request.amount())) return NOT_PAYABLE; // never sent
        var payment = paymentOf(request);
        var asked = new AdyenAnswers.Asked(request.operationKey(), request.amount(), request.capture());
        return read("authorize", () -> {
            try {
                var answer = answers.of(payments.payments(payment, key(request.operationKey())), asked);
                return answer instanceof GatewayAnswer.RequiresAction && request.returnUrl() == null
                        // Nobody is told the address, so nobody can take the step.
                        ? AdyenAnswers.declined("38", null)
                        : answer;
            } catch (ApiException e) {
                return AdyenRefusals.ofRequest("authorize", e);
            }
        });
    }

    private PaymentRequest paymentOf(GatewayRequest.Authorize request) {
        var colon = request.token().lastIndexOf(':');
        var payment = new PaymentRequest()
                .merchantAccount(merchantAccount)
                .amount(AdyenAmounts.amountOf(request.amount()))
                .reference(AdyenNames.referenceOf(request.operationKey()))
                .paymentMethod(new CheckoutPaymentMethod(new CardDetails()
                        .type(CardDetails.TypeEnum.SCHEME)
                        .storedPaymentMethodId(request.token().substring(colon + 1))))
                .channel(ChannelEnum.WEB)
                .shopperInteraction(ShopperInteractionEnum.ECOMMERCE)
                .putMetadataItem("kontor_order", Long.toString(request.orderId()))
                .putMetadataItem("kontor_payment", Long.toString(request.paymentId()));
        if (colon > 0) payment.shopperReference(request.token().substring(0, colon));
        if (request.capture()) payment.captureDelayHours(0);
        else payment.putAdditionalDataItem("manualCapture", "true");
        // Without an address to come back to, the buyer could not take the step that a bank may ask for: better a
        // refusal
        // at once than stock held for nobody.
        return request.returnUrl() != null
                ? payment.returnUrl(request.returnUrl().toString())
                        .authenticationData(new AuthenticationData()
                                .threeDSRequestData(new ThreeDSRequestData().nativeThreeDS(NativeThreeDSEnum.DISABLED)))
                : payment.authenticationData(
                        new AuthenticationData().attemptAuthentication(AttemptAuthenticationEnum.NEVER));
    }

    @Override
    public GatewayAnswer confirm(GatewayRequest.Confirm request) {
        var result = request.returned().get(REDIRECT_RESULT);
        var payload = request.returned().get(PAYLOAD);
        if (result == null && payload == null)
            return new GatewayAnswer.NotFound(); // nothing was brought, so nothing is known
        var details = new PaymentCompletionDetails();
        if (result != null) details.redirectResult(result);
        else details.payload(payload);
        var asked = new AdyenAnswers.Asked(request.operationKey(), request.amount(), request.capture());
        // The same brought back twice is one question, something else another.
        var key = request.operationKey() + " " + new TreeMap<>(request.returned());
        return read("confirm", () -> {
            try {
                return answers.of(
                        payments.paymentsDetails(
                                new PaymentDetailsRequest().details(details), key(AdyenNames.digest(key))),
                        asked);
            } catch (ApiException e) {
                // What a browser brings may be anything: that Adyen cannot read it says nothing about Adyen.
                return e.getStatusCode() == 422 || e.getStatusCode() == 400
                        ? new GatewayAnswer.NotFound()
                        : AdyenRefusals.unknown("confirm", e);
            }
        });
    }

    @Override
    public GatewayAnswer capture(GatewayRequest.Capture request) {
        if (!AdyenAmounts.canSay(request.amount())) return NOT_PAYABLE;
        var reference = request.gatewayReference();
        if (!AdyenNames.isPspReference(reference)) return AdyenAnswers.noAnswer("capture: nothing is authorized yet");
        return read("capture", () -> {
            try {
                var answer = modifications.captureAuthorisedPayment(
                        reference,
                        new PaymentCaptureRequest()
                                .merchantAccount(merchantAccount)
                                .amount(AdyenAmounts.amountOf(request.amount()))
                                .reference(AdyenNames.referenceOf(request.operationKey())),
                        key(request.operationKey()));
                return takenOn(
                        "capture",
                        new TakenOn(
                                answer.getStatus() == null
                                        ? null
                                        : answer.getStatus().getValue(),
                                answer.getPaymentPspReference(),
                                answer.getReference(),
                                answer.getAmount()),
                        new TakenOn(
                                "received",
                                reference,
                                AdyenNames.referenceOf(request.operationKey()),
                                AdyenAmounts.amountOf(request.amount())),
                        reference);
            } catch (ApiException e) {
                return AdyenRefusals.ofRequest("capture", e);
            }
        });
    }

    @Override
    public GatewayAnswer refund(String operationKey, String gatewayReference, Money amount) {
        if (!AdyenAmounts.canSay(amount)) return NOT_PAYABLE;
        if (!AdyenNames.isPspReference(gatewayReference))
            return AdyenAnswers.noAnswer("refund: nothing is authorized yet");
        return read("refund", () -> {
            try {
                var answer = modifications.refundCapturedPayment(
                        gatewayReference,
                        new PaymentRefundRequest()
                                .merchantAccount(merchantAccount)
                                .amount(AdyenAmounts.amountOf(amount))
                                .reference(AdyenNames.referenceOf(operationKey)),
                        key(operationKey));
                return takenOn(
                        "refund",
                        new TakenOn(
                                answer.getStatus() == null
                                        ? null
                                        : answer.getStatus().getValue(),
                                answer.getPaymentPspReference(),
                                answer.getReference(),
                                answer.getAmount()),
                        new TakenOn(
                                "received",
                                gatewayReference,
                                AdyenNames.referenceOf(operationKey),
                                AdyenAmounts.amountOf(amount)),
                        answer.getPspReference());
            } catch (ApiException e) {
                return AdyenRefusals.ofRequest("refund", e);
            }
        });
    }

    /** A payment without a name at Adyen is given up by the name that we gave it. */
    @Override
    public GatewayAnswer cancel(String operationKey, String gatewayReference) {
        var reference = AdyenNames.referenceOf(operationKey);
        return read("cancel", () -> {
            try {
                if (AdyenNames.isOurReference(gatewayReference)) {
                    var payment = AdyenNames.ourReferenceIn(gatewayReference);
                    var answer = modifications.cancelAuthorisedPayment(
                            new StandalonePaymentCancelRequest()
                                    .merchantAccount(merchantAccount)
                                    .paymentReference(AdyenNames.referenceOf(payment))
                                    .reference(reference),
                            key(operationKey));
                    return takenOn(
                            "cancel",
                            new TakenOn(
                                    answer.getStatus() == null
                                            ? null
                                            : answer.getStatus().getValue(),
                                    answer.getPaymentReference(),
                                    answer.getReference(),
                                    null),
                            new TakenOn("received", AdyenNames.referenceOf(payment), reference, null),
                            gatewayReference);
                }
                if (!AdyenNames.isPspReference(gatewayReference)) return AdyenAnswers.noAnswer("cancel: no such name");
                var answer = modifications.cancelAuthorisedPaymentByPspReference(
                        gatewayReference,
                        new PaymentCancelRequest()
                                .merchantAccount(merchantAccount)
                                .reference(reference),
                        key(operationKey));
                return takenOn(
                        "cancel",
                        new TakenOn(
                                answer.getStatus() == null
                                        ? null
                                        : answer.getStatus().getValue(),
                                answer.getPaymentPspReference(),
                                answer.getReference(),
                                null),
                        new TakenOn("received", gatewayReference, reference, null),
                        gatewayReference);
            } catch (ApiException e) {
                return AdyenRefusals.unknown("cancel", e);
            }
        });
    }

    /** What Adyen says when it has taken on to change a payment, and what it has to say. */
    private record TakenOn(
            @Nullable String status,
            @Nullable String payment,
            @Nullable String reference,
            @Nullable Amount amount) {}

    /** @param name of the payment, or of the refund */
    private static GatewayAnswer takenOn(String what, TakenOn said, TakenOn asked, @Nullable String name) {
        if (!asked.equals(said)) return AdyenAnswers.mismatch(what, String.valueOf(said), String.valueOf(name));
        return name == null ? AdyenAnswers.strange(what + " without a name") : new Pending(name);
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        return new NotFound();
    }

    @Override
    public GatewayAnswer lookUpCapture(GatewayRequest.Capture request) {
        return new NotFound();
    }

    @Override
    public GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request) {
        return new NotFound();
    }

    @Override
    public boolean answersLookUps() {
        return false;
    }

    @Override
    public BalancePage balance(@Nullable String after) {
        return new BalancePage.NotOffered("Adyen offers its books as reports only");
    }

    @Override
    public WebhookVerdict readWebhook(byte[] rawBody, Function<String, @Nullable String> headers, Instant now) {
        return events.read(rawBody, headers.apply("Authorization"));
    }

    @Override
    public WebhookReceipt receipt() {
        return new WebhookReceipt("text/plain", "[accepted]");
    }

    @Override
    public Optional<WebhookEvent> readStored(byte[] raw) {
        return events.readStored(raw);
    }

    /** "Idempotency keys are valid for a minimum period of 7 days after first submission." */
    @Override
    public Duration remembersKeysFor() {
        return Duration.ofDays(7);
    }

    private static RequestOptions key(String operationKey) {
        return new RequestOptions().idempotencyKey(AdyenNames.idempotencyKeyOf(operationKey));
    }

    private interface Question {
        GatewayAnswer ask() throws IOException;
    }

    /**
     * Silence, and what the SDK makes of an empty body, of {@code []} or of a word where a number belongs: all kinds of
     * exceptions, after the call was made. None of them says whether the money moved. What did come and cannot be read is
     * nothing that Adyen says.
     */
    private static GatewayAnswer read(String what, Question question) {
        try {
            return question.ask();
        } catch (JsonProcessingException e) {
            return unreadable(what, e);
        } catch (IOException e) {
            log.warn("No answer from Adyen to {}: {}", what, AdyenAnswers.oneLine(String.valueOf(e.getMessage())));
            var reason = what + ": " + Objects.requireNonNullElse(e.getMessage(), "no answer");
            return e.getCause() instanceof GatewayConnection.CutAnswer
                    ? AdyenAnswers.strange(reason)
                    : AdyenAnswers.noAnswer(reason);
        } catch (RuntimeException e) {
            return unreadable(what, e);
        }
    }

    private static GatewayAnswer unreadable(String what, Exception e) {
        log.warn("An answer to {} that cannot be read", what, e);
        return AdyenAnswers.strange(what + ": the answer cannot be read: " + e);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
