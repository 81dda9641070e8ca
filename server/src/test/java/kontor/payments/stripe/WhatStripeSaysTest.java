package kontor.payments.stripe;

import static kontor.payments.stripe.SimulatedStripe.FIVE_POUND_TEN;
import static kontor.payments.stripe.SimulatedStripe.VISA;
import static kontor.payments.stripe.SimulatedStripe.payment;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.GatewayConnection;
import kontor.payments.GatewayRequest;
import kontor.payments.GatewayRequest.Authorize;
import kontor.tls.TestCertificate;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that the simulator never gives, word for word. */
class WhatStripeSaysTest {
    private HttpServer server;
    private StripeGateway gateway;
    private final Authorize payment = payment(VISA, true);
    private final AtomicInteger calls = new AtomicInteger();
    private volatile int status;
    private volatile String body = "";
    /** What closing a refused payment is answered; null for what all calls are. */
    private volatile @Nullable Said toClosing;

    private record Said(int status, String body) {}

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            var closing = toClosing;
            var closes = exchange.getRequestURI().getPath().endsWith("/cancel")
                    && exchange.getRequestHeaders().getFirst("Idempotency-Key").contains(":close");
            var says = closes && closing != null ? closing : new Said(status, body);
            if (says.status() / 100 == 3) exchange.getResponseHeaders().set("Location", "/elsewhere");
            var bytes = says.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(says.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        gateway = gatewayAt(server.getAddress().getPort(), Duration.ofSeconds(10));
    }

    private static StripeGateway gatewayAt(int port, Duration timeout) {
        var base = URI.create("http://127.0.0.1:" + port);
        return new StripeGateway(new StripeSettings(base, false, "sk_test_x", List.of(), timeout, 4));
    }

    @AfterEach
    void hangUp() throws IOException {
        gateway.close();
        server.stop(0);
    }

    private String intent(String status, int received, int capturable) {
        return """
                {"id": "pi_1", "object": "payment_intent", "amount": 510, "currency": "gbp", "amount_received": %d,
                 "amount_capturable": %d, "status": "%s",
                 "metadata": {"kontor_payment": "%d", "kontor_operation": "%s"}}""".formatted(received, capturable, status, payment.paymentId(), payment.operationKey());
    }

    private static String error(String type, String code, String intent) {
        return "{\"error\": {\"type\": \"%s\", \"code\": \"%s\", \"message\": \"m\"%s}}"
                .formatted(type, code, intent.isEmpty() ? "" : ", \"payment_intent\": " + intent);
    }

    private GatewayAnswer authorize(int status, String body) {
        this.status = status;
        this.body = body;
        return gateway.authorize(payment);
    }

    @Test
    void tellsNothingToAServerThatOnlyVouchesForItself(@TempDir Path folder) throws Exception {
        var impostor = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        impostor.setHttpsConfigurator(
                new HttpsConfigurator(TestCertificate.make(folder, "EC").server()));
        impostor.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        impostor.start();
        var address = URI.create("https://localhost:" + impostor.getAddress().getPort());
        try (var gateway = new StripeGateway(
                new StripeSettings(address, false, "sk_test_x", List.of(), Duration.ofSeconds(10), 4))) {
            var answer = gateway.authorize(payment);
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            NoAnswer.class, none -> assertThat(none.reason()).containsIgnoringCase("certifi"));
            assertThat(calls).hasValue(0);
        } finally {
            impostor.stop(0);
        }
    }

    @Test
    void takesSuccessForSuccess() {
        assertThat(authorize(200, intent("succeeded", 510, 0))).isEqualTo(new Captured("pi_1", FIVE_POUND_TEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"yes\"",
                "{}",
                "{\"id\": \"pi_1\"}",
                "{\"object\": \"payment_intent\", \"amount\": \"a lot\"}",
                "{\"id\": \"pi_1\", \"status\": \"succeeded\", \"amount\": 510}",
                "{\"error\": \"nonsense\"}",
                "not even JSON",
            })
    void doesNotUnderstandAnswersThatAreNone(String body) {
        assertThat(authorize(200, body)).isInstanceOf(NoAnswer.class);
        assertThat(authorize(400, body)).isInstanceOf(NoAnswer.class);
        assertThat(authorize(402, body)).isInstanceOf(NoAnswer.class);
        assertThat(authorize(500, body)).isInstanceOf(NoAnswer.class);
    }

    @Test
    void doesNotTakeHalfTheMoneyForAllOfIt() {
        assertThat(authorize(200, intent("succeeded", 255, 0))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void doesNotTakeAHoldForMoney() {
        assertThat(authorize(200, intent("requires_capture", 0, 510))).isInstanceOf(NoAnswer.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"processing", "requires_confirmation", "requires_payment_method", "a_status_of_the_future"})
    void doesNotKnowWhatMayStillBecomeOfIt(String unsettled) {
        assertThat(authorize(200, intent(unsettled, 0, 0))).isInstanceOf(NoAnswer.class);
    }

    @ParameterizedTest
    @CsvSource({
        "javascript:alert(1)",
        "http://elsewhere.test:99999999999/",
        "ftp://bank.test/",
        "//bank.test/",
        "/3d_secure",
    })
    void sendsBuyersOnlyToWebAddresses(String url) {
        var action =
                ", \"next_action\": {\"type\": \"redirect_to_url\", \"redirect_to_url\": {\"url\": \"" + url + "\"}}}";
        assertThat(authorize(200, intent("requires_action", 0, 0).replaceFirst("}$", action)))
                .isInstanceOf(NoAnswer.class);
    }

    @ParameterizedTest
    @CsvSource({
        "400, idempotency_error, idempotency_key_reused",
        "400, card_error, card_declined",
        "400, api_error, whatever",
        "401, invalid_request_error, api_key_expired",
        "401, card_error, card_declined",
        "402, invalid_request_error, payment_intent_payment_attempt_failed",
        "402, api_error, whatever",
        "403, invalid_request_error, whatever",
        "404, invalid_request_error, resource_missing",
        "409, idempotency_error, idempotency_key_in_use",
        "409, card_error, card_declined",
        "429, invalid_request_error, rate_limit",
        "429, invalid_request_error, lock_timeout",
        "500, api_error, whatever",
        "500, card_error, card_declined",
        "503, card_error, card_declined",
        "302, card_error, card_declined",
    })
    void doesNotKnow(int status, String type, String code) {
        assertThat(authorize(status, error(type, code, ""))).isInstanceOf(NoAnswer.class);
        assertThat(authorize(status, error(type, code, intent("requires_payment_method", 0, 0))))
                .isInstanceOf(NoAnswer.class);
    }

    private String refused(String status, String code) {
        return intent(status, 0, 0)
                .replaceFirst(
                        "}$",
                        ", \"last_payment_error\": {\"type\": \"card_error\", \"code\": \"%s\", \"message\": \"m\"}}"
                                .formatted(code));
    }

    private static Said unexpected(String intent) {
        return new Said(400, error("invalid_request_error", "payment_intent_unexpected_state", intent));
    }

    @Test
    void takesARefusalOfTheCardForARefusalOnceThePaymentIsClosed() {
        toClosing = new Said(200, refused("canceled", "expired_card"));
        assertThat(authorize(402, error("card_error", "expired_card", intent("requires_payment_method", 0, 0))))
                .isEqualTo(new Declined("expired_card", "m", "pi_1"));
        assertThat(calls).hasValue(2);
        assertThat(authorize(402, error("card_error", "expired_card", "")))
                .isEqualTo(new Declined("expired_card", "m", null));
    }

    @Test
    void saysWhyAPaymentWasRefusedThatIsClosedByNow() {
        toClosing = unexpected(refused("canceled", "another_word"));
        assertThat(authorize(402, error("card_error", "expired_card", intent("requires_payment_method", 0, 0))))
                .isEqualTo(new Declined("expired_card", "m", "pi_1"));
        status = 200;
        body = refused("canceled", "expired_card");
        calls.set(0);
        assertThat(gateway.lookUp(SimulatedStripe.lookUp(payment, "pi_1")))
                .isEqualTo(new Declined("expired_card", "m", "pi_1"));
        assertThat(calls).hasValue(1);
    }

    @Test
    void closesARefusedPaymentThatItFinds() {
        toClosing = new Said(200, refused("canceled", "expired_card"));
        status = 200;
        body = refused("requires_payment_method", "expired_card");
        assertThat(gateway.lookUp(SimulatedStripe.lookUp(payment, "pi_1")))
                .isEqualTo(new Declined("expired_card", "m", "pi_1"));
        assertThat(calls).hasValue(2);
        assertThat(authorize(200, body)).isEqualTo(new Declined("expired_card", "m", "pi_1"));
    }

    @ParameterizedTest
    @CsvSource({
        "succeeded, 510, 0, Captured",
        "succeeded, 255, 0, NoAnswer",
        "requires_capture, 0, 510, NoAnswer", // only held, and it was to be taken
        "processing, 0, 0, NoAnswer",
        "requires_payment_method, 0, 0, NoAnswer", // open, and not to be closed
    })
    void tellsWhereAPaymentStandsThatCannotBeClosed(String state, int received, int capturable, String expected) {
        toClosing = unexpected(intent(state, received, capturable));
        var refusal = error("card_error", "expired_card", intent("requires_payment_method", 0, 0));
        assertThat(authorize(402, refusal).getClass().getSimpleName()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "500, api_error, whatever",
        "429, invalid_request_error, lock_timeout",
        "409, idempotency_error, idempotency_key_in_use",
        "404, invalid_request_error, resource_missing",
        "400, invalid_request_error, payment_intent_unexpected_state", // and does not say which
        "302, api_error, whatever",
    })
    void doesNotKnowWhileARefusedPaymentMayBeOpen(int status, String type, String code) {
        toClosing = new Said(status, error(type, code, ""));
        var refusal = error("card_error", "expired_card", intent("requires_payment_method", 0, 0));
        assertThat(authorize(402, refusal)).isInstanceOf(NoAnswer.class);
        assertThat(authorize(200, refused("requires_payment_method", "expired_card")))
                .isInstanceOf(NoAnswer.class);
        assertThat(gateway.lookUp(SimulatedStripe.lookUp(payment, "pi_1"))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void takesNoOtherAnswerForClosed() {
        var refusal = error("card_error", "expired_card", intent("requires_payment_method", 0, 0));
        toClosing = new Said(200, refused("requires_payment_method", "expired_card"));
        assertThat(authorize(402, refusal)).isInstanceOf(NoAnswer.class);
        toClosing = new Said(200, refused("canceled", "expired_card").replace("pi_1", "pi_2"));
        assertThat(authorize(402, refusal)).isInstanceOf(NoAnswer.class);
        toClosing = new Said(200, "");
        assertThat(authorize(402, refusal)).isInstanceOf(NoAnswer.class);
    }

    @Test
    void asksNothingMoreOnceTheTimeOfItsQuestionIsUp() throws Exception {
        status = 200;
        body = "{}";
        var address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var connection = new GatewayConnection("stripe", "test", Duration.ofMillis(20), 1)) {
            var answer = connection.withinOneBudget(() -> {
                try {
                    Thread.sleep(40);
                    return connection.send(new HttpGet(address)).body();
                } catch (IOException | InterruptedException e) {
                    return String.valueOf(e.getMessage());
                }
            });
            assertThat(answer).isEqualTo("no answer within 20 ms");
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void takesARefusalOfTheRequestForARefusal() {
        assertThat(authorize(400, error("invalid_request_error", "amount_too_small", "")))
                .isEqualTo(new Declined("amount_too_small", "m", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"succeeded", "processing", "requires_capture"})
    void doesNotBelieveARefusalOfWhatSucceeded(String contradiction) {
        assertThat(authorize(402, error("card_error", "card_declined", intent(contradiction, 510, 510))))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void doesNotBelieveARefusalOfSomethingElse() {
        var other = intent("requires_payment_method", 0, 0).replace(payment.operationKey(), "another");
        assertThat(authorize(402, error("card_error", "card_declined", other))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void tellsWhereAPaymentStandsThatCannotBeCaptured() {
        status = 400;
        body = error("invalid_request_error", "payment_intent_unexpected_state", intent("canceled", 0, 0));
        assertThat(gateway.capture(new GatewayRequest.Capture("k", "pi_1", FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Voided("pi_1"));
        body = error("invalid_request_error", "payment_intent_unexpected_state", intent("succeeded", 510, 0));
        assertThat(gateway.capture(new GatewayRequest.Capture("k", "pi_1", FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Captured("pi_1", FIVE_POUND_TEN));
        assertThat(gateway.capture(new GatewayRequest.Capture("k", "pi_2", FIVE_POUND_TEN, 0, true)))
                .isInstanceOf(NoAnswer.class);
        body = error("invalid_request_error", "payment_intent_unexpected_state", "");
        assertThat(gateway.capture(new GatewayRequest.Capture("k", "pi_1", FIVE_POUND_TEN, 0, true)))
                .isInstanceOf(NoAnswer.class);
        assertThat(gateway.cancel("k", "pi_1")).isInstanceOf(NoAnswer.class);
    }

    @ParameterizedTest
    @CsvSource({
        "requires_capture, 200, 310, Captured",
        "succeeded, 200, 0, Captured",
        "requires_capture, 100, 410, NoAnswer", // nothing more than before
        "requires_capture, 199, 311, NoAnswer",
        "succeeded, 201, 0, NoAnswer",
        "succeeded, 50, 0, NoAnswer", // less than before
        "succeeded, 100, 0, NoAnswer",
    })
    void believesACaptureWhenTheSumGrewByExactlyWhatWasAsked(
            String state, int received, int capturable, String expected) {
        status = 200;
        body = intent(state, received, capturable);
        var second = new GatewayRequest.Capture("k", "pi_1", Money.of(100, "GBP"), 100, false);
        assertThat(gateway.capture(second).getClass().getSimpleName()).isEqualTo(expected);
        body = body.replace("gbp", "eur");
        assertThat(gateway.capture(second)).isInstanceOf(NoAnswer.class);
    }

    @ParameterizedTest
    @CsvSource({
        "requires_capture, 200, 310, Captured",
        "requires_capture, 100, 410, NotFound",
        "canceled, 100, 0, Voided",
        "succeeded, 100, 0, Voided", // the rest of the hold has ended
        "canceled, 200, 0, Captured",
        "succeeded, 150, 0, NoAnswer",
    })
    void findsACaptureInTheSum(String state, int received, int capturable, String expected) {
        status = 200;
        body = intent(state, received, capturable);
        var second = new GatewayRequest.Capture("k", "pi_1", Money.of(100, "GBP"), 100, false);
        assertThat(gateway.lookUpCapture(second).getClass().getSimpleName()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"pending, Pending", "requires_action, Pending", "succeeded, Refunded", "failed, Declined"})
    void readsEachStateOfARefund(String state, String expected) {
        status = 200;
        body = """
                {"id": "re_1", "object": "refund", "amount": 510, "currency": "gbp", "payment_intent": "pi_1",
                 "status": "%s", "metadata": {"kontor_operation": "k"}}""".formatted(state);
        assertThat(gateway.refund("k", "pi_1", FIVE_POUND_TEN).getClass().getSimpleName())
                .isEqualTo(expected);
        assertThat(gateway.refund("k", "pi_1", Money.of(509, "GBP"))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void tellsThatACaptureWasRefusedWhenTheMoneyIsStillHeld() {
        status = 400;
        body = error("invalid_request_error", "amount_too_large", intent("requires_capture", 0, 510));
        assertThat(gateway.capture(new GatewayRequest.Capture("k", "pi_1", FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Declined("amount_too_large", "m", null));
        status = 402;
        body = error("card_error", "card_declined", intent("requires_capture", 0, 510));
        assertThat(gateway.capture(new GatewayRequest.Capture("k", "pi_1", FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Declined("card_declined", "m", "pi_1"));
    }

    @Test
    void doesNotTakeAnythingButACancelledPaymentForVoided() {
        status = 200;
        body = intent("requires_capture", 0, 510);
        assertThat(gateway.cancel("k", "pi_1")).isInstanceOf(NoAnswer.class);
        body = intent("canceled", 0, 0);
        assertThat(gateway.cancel("k", "pi_1")).isEqualTo(new Voided("pi_1"));
        body = refused("canceled", "expired_card"); // whatever was tried with it before
        assertThat(gateway.cancel("k", "pi_1")).isEqualTo(new Voided("pi_1"));
        assertThat(gateway.cancel("k", "pi_2")).isInstanceOf(NoAnswer.class);
    }

    @Test
    void tellsThatARefundFailedAndWaitsForOneThatIsPending() {
        status = 200;
        var refund = """
                {"id": "re_1", "object": "refund", "amount": 510, "currency": "gbp", "payment_intent": "pi_1",
                 "status": "%s", "failure_reason": "lost_or_stolen_card", "metadata": {"kontor_operation": "k"}}""";
        body = refund.formatted("pending");
        assertThat(gateway.refund("k", "pi_1", FIVE_POUND_TEN)).isEqualTo(new GatewayAnswer.Pending("re_1"));
        body = refund.formatted("failed");
        assertThat(gateway.refund("k", "pi_1", FIVE_POUND_TEN))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("lost_or_stolen_card"));
        body = refund.formatted("succeeded").replace("510", "509");
        assertThat(gateway.refund("k", "pi_1", FIVE_POUND_TEN)).isInstanceOf(NoAnswer.class);
        body = refund.formatted("succeeded");
        assertThat(gateway.refund("k", "pi_2", FIVE_POUND_TEN)).isInstanceOf(NoAnswer.class);
        assertThat(gateway.refund("other", "pi_1", FIVE_POUND_TEN)).isInstanceOf(NoAnswer.class);
    }

    @Test
    void asksOnceAndFollowsNoRedirect() {
        assertThat(authorize(302, "")).isInstanceOf(NoAnswer.class);
        assertThat(authorize(307, "")).isInstanceOf(NoAnswer.class);
        assertThat(authorize(503, "")).isInstanceOf(NoAnswer.class);
        assertThat(calls).hasValue(3);
    }

    /** Each byte comes soon enough; all of them never would. */
    @Test
    void givesUpOnAnAnswerThatTrickles() throws Exception {
        try (var trickling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var impatient = gatewayAt(trickling.getLocalPort(), Duration.ofMillis(300))) {
            var server = Thread.startVirtualThread(() -> {
                try (var socket = trickling.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        socket.getOutputStream().write(' ');
                        Thread.sleep(20);
                    }
                } catch (IOException e) {
                    // hung up on, as it should be
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(impatient.authorize(payment)).isInstanceOf(NoAnswer.class);
            server.join(); // ends because the gateway hung up
        }
    }

    @Test
    void looksUpWhatIsHeld() {
        status = 200;
        body = intent("requires_capture", 0, 510);
        assertThat(gateway.lookUp(SimulatedStripe.lookUp(payment, "pi_1")))
                .isEqualTo(new Authorized("pi_1", FIVE_POUND_TEN));
    }
}
