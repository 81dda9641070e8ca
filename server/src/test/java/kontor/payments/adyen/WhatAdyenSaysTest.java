package kontor.payments.adyen;

import static kontor.payments.adyen.SimulatedAdyen.FIVE_POUND_TEN;
import static kontor.payments.adyen.SimulatedAdyen.PAYS;
import static kontor.payments.adyen.SimulatedAdyen.payment;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.Pending;
import kontor.payments.GatewayAnswer.RequiresAction;
import kontor.payments.GatewayRequest.Authorize;
import kontor.tls.TestCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that the simulator never gives, word for word. */
class WhatAdyenSaysTest {
    private HttpServer server;
    private AdyenGateway gateway;
    private final Authorize payment = payment(PAYS, true);
    private final AtomicInteger calls = new AtomicInteger();
    private volatile int status;
    private volatile String body = "";
    private volatile String asked = "";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            asked = exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Idempotency-Key") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (status / 100 == 3) exchange.getResponseHeaders().set("Location", "/elsewhere");
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        gateway = new AdyenGateway(new AdyenSettings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/-live/"),
                false,
                "key",
                "Kontor",
                List.of(),
                null,
                null,
                Duration.ofSeconds(10),
                4));
    }

    @AfterEach
    void hangUp() throws IOException {
        gateway.close();
        server.stop(0);
    }

    private GatewayAnswer authorize(int status, String body) {
        this.status = status;
        this.body = body;
        return gateway.authorize(payment);
    }

    private String result(String code, String more) {
        return """
                {"pspReference": "PSP1", "resultCode": "%s", "merchantReference": "%s",
                 "amount": {"currency": "GBP", "value": 510}%s}""".formatted(code, payment.operationKey(), more);
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
        try (var gateway = new AdyenGateway(
                new AdyenSettings(address, false, "key", "Kontor", List.of(), null, null, Duration.ofSeconds(10), 4))) {
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
        assertThat(authorize(200, result("Authorised", ""))).isEqualTo(new Captured("PSP1", FIVE_POUND_TEN));
        assertThat(asked)
                .as("the address stays what the setting says")
                .startsWith("/-live/v71/payments " + payment.operationKey() + " ")
                .contains("\"captureDelayHours\":0", "\"merchantAccount\":\"Kontor\"", "\"nativeThreeDS\":\"disabled\"")
                .doesNotContain("manualCapture");
    }

    @Test
    void saysWhoseStoredCardItIs() {
        var stored = payment("customer-1:8415995487234100", false);
        status = 500;
        gateway.authorize(stored);
        assertThat(asked)
                .contains(
                        "\"shopperReference\":\"customer-1\"",
                        "\"storedPaymentMethodId\":\"8415995487234100\"",
                        "\"manualCapture\":\"true\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"yes\"",
                "{}",
                "{\"pspReference\": \"PSP1\"}",
                "{\"resultCode\": \"Authorised\"}",
                "{\"pspReference\": \"PSP1\", \"resultCode\": \"Authorised\"}",
                "{\"pspReference\": \"PSP1\", \"resultCode\": 7}",
                "not even JSON",
            })
    void doesNotUnderstandAnswersThatAreNone(String body) {
        assertThat(isStrange(authorize(200, body))).as(body).isTrue();
        for (var status : new int[] {400, 422, 500})
            assertThat(isStrange(authorize(status, body)))
                    .as("%d %s", status, body)
                    .isFalse();
    }

    @Test
    void doesNotTakeAnotherAmountOrPaymentForThisOne() {
        assertThat(isStrange(authorize(200, result("Authorised", "").replace("510", "511"))))
                .isTrue();
        assertThat(isStrange(authorize(200, result("Authorised", "").replace("GBP", "EUR"))))
                .isTrue();
        assertThat(isStrange(authorize(200, result("Authorised", "").replace(payment.operationKey(), "another"))))
                .isTrue();
        assertThat(isStrange(authorize(200, result("Refused", "").replace(payment.operationKey(), "another"))))
                .isTrue();
        assertThat(isStrange(authorize(
                        200,
                        "{\"pspReference\": \"PSP1\", \"resultCode\": \"Authorised\", \"merchantReference\": \"%s\"}"
                                .formatted(payment.operationKey()))))
                .as("no amount")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error",
                "PartiallyAuthorised",
                "AuthenticationFinished",
                "AuthenticationNotRequired",
                "ChallengeShopper",
                "IdentifyShopper",
                "PresentToShopper",
                "Success",
                "a result of the future",
            })
    void doesNotKnowWhatMayStillBecomeOfIt(String code) {
        assertThat(authorize(200, result(code, ""))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void knowsWhatIsTakenOn() {
        assertThat(authorize(200, result("Pending", ""))).isEqualTo(new Pending("PSP1"));
        assertThat(authorize(200, result("Received", ""))).isEqualTo(new Pending("PSP1"));
    }

    @Test
    void takesARefusalForARefusal() {
        assertThat(authorize(200, result("Refused", ", \"refusalReasonCode\": \"6\"")))
                .isEqualTo(new Declined("expired_card", "The card has expired.", "PSP1"));
        assertThat(authorize(200, result("Cancelled", ""))).isInstanceOf(Declined.class);
    }

    private static String redirect(String url) {
        return "{\"resultCode\": \"RedirectShopper\", \"action\": {\"type\": \"redirect\", \"method\": \"GET\","
                + " \"paymentMethodType\": \"scheme\", \"url\": \"" + url + "\"}}";
    }

    @Test
    void sendsTheBuyerToTheBank() {
        assertThat(authorize(200, redirect("https://bank.test/3ds?x=y")))
                .isEqualTo(new RequiresAction(
                        "reference:" + payment.operationKey(), URI.create("https://bank.test/3ds?x=y")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"javascript:alert(1)", "http://x.test:99999999999/", "ftp://bank.test/", "//bank.test/", "/3ds"})
    void sendsBuyersOnlyToWebAddresses(String url) {
        assertThat(isStrange(authorize(200, redirect(url)))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "401, 000, security",
        "403, 901, security",
        "404, 000, validation",
        "409, 704, validation",
        "422, 704, validation",
        "422, 905, internal",
        "422, 905, configuration",
        "429, 000, validation",
        "500, 905, internal",
        "503, 000, validation",
    })
    void doesNotKnow(int status, String code, String type) {
        assertThat(isStrange(authorize(status, error(status, code, type)))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void isNotSentElsewhere(int status) {
        assertThat(isStrange(authorize(status, ""))).isTrue();
        assertThat(isStrange(authorize(status, error(status, "000", "validation"))))
                .isTrue();
        assertThat(calls).as("nobody is followed").hasValue(2);
    }

    private static boolean isStrange(GatewayAnswer answer) {
        assertThat(answer).isInstanceOf(NoAnswer.class);
        return ((NoAnswer) answer).isStrange();
    }

    private static String error(int status, String code, String type) {
        return "{\"status\": %d, \"errorCode\": \"%s\", \"message\": \"m\", \"errorType\": \"%s\"}"
                .formatted(status, code, type);
    }

    @Test
    void takesARefusalOfTheRequestForARefusal() {
        assertThat(authorize(422, error(422, "803", "validation"))).isInstanceOf(Declined.class);
        assertThat(authorize(400, error(400, "702", "validation"))).isInstanceOf(Declined.class);
    }

    @Test
    void sendsEachCallOnceAndFollowsNobody() {
        authorize(302, "");
        authorize(503, "");
        assertThat(calls).hasValue(2);
    }

    @Test
    void keysAreNoLongerThanAdyenTakes() {
        status = 500;
        gateway.cancel("k".repeat(100), "PSP1");
        assertThat(asked).matches("(?s)/-live/v71/payments/PSP1/cancels [0-9a-f]{64} .*\"reference\":\"k{80}\".*");
    }
}
