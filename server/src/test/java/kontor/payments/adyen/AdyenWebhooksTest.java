package kontor.payments.adyen;

import static kontor.payments.adyen.SimulatedAdyen.FIVE_POUND_TEN;
import static kontor.payments.adyen.SimulatedAdyen.HMAC_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.adyen.model.notification.NotificationRequest;
import com.adyen.util.HMACValidator;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import kontor.payments.DisputeNews;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.Operation;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookVerdict;
import kontor.payments.WebhookVerdict.Forged;
import kontor.payments.WebhookVerdict.Verified;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed of Adyen's messages, and what they say. Signed by the SDK, so that two hands have to agree. */
class AdyenWebhooksTest {
    private static final String OLD_KEY = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";
    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("shop:secret".getBytes(StandardCharsets.UTF_8));

    private final AdyenGateway gateway = gateway(List.of(HMAC_KEY, OLD_KEY), "shop", "secret");

    private static AdyenGateway gateway(List<String> keys, @Nullable String user, @Nullable String password) {
        return new AdyenGateway(new AdyenSettings(
                URI.create("http://127.0.0.1:9"),
                false,
                "key",
                "Kontor",
                keys,
                user,
                password,
                Duration.ofSeconds(1),
                1));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    private static String item(String code, String psp, String original, boolean success) {
        return """
                {"additionalData": {"hmacSignature": "SIGNATURE", "metadata.kontor_payment": "99"},
                 "amount": {"currency": "GBP", "value": 510}, "eventCode": "%s", "eventDate": "2026-11-28T10:00:00+01:00",
                 "merchantAccountCode": "Kontor", "merchantReference": "op-1", "originalReference": "%s",
                 "pspReference": "%s", "reason": "r", "success": "%s"}""".formatted(code, original, psp, success);
    }

    private static String message(String... items) {
        return "{\"live\": \"false\", \"notificationItems\": [%s]}"
                .formatted(String.join(
                        ", ",
                        Arrays.stream(items)
                                .map(item -> "{\"NotificationRequestItem\": " + item + "}")
                                .toList()));
    }

    /** By the SDK's own hand. */
    private static String signed(String item, String key) {
        try {
            var read = NotificationRequest.fromJson(message(item))
                    .getNotificationItems()
                    .getFirst();
            var signature = new HMACValidator().calculateHMAC(read, key);
            assertThat(new HMACValidator()
                            .validateHMAC(read.setAdditionalData(Map.of("hmacSignature", signature)), key))
                    .isTrue();
            return item.replace("SIGNATURE", signature);
        } catch (IOException | SignatureException e) {
            throw new AssertionError(e);
        }
    }

    private WebhookVerdict read(String body) {
        return read(gateway, body, LOGIN);
    }

    private static WebhookVerdict read(AdyenGateway gateway, String body, @Nullable String authorization) {
        return gateway.readWebhook(
                body.getBytes(StandardCharsets.UTF_8),
                name -> name.equals("Authorization") ? authorization : null,
                Instant.now());
    }

    private WebhookEvent event(String item) {
        if (read(message(signed(item, HMAC_KEY))) instanceof Verified(var parts, var refused)) {
            assertThat(refused).isEmpty();
            return parts.getFirst().event();
        }
        throw new AssertionError(read(message(signed(item, HMAC_KEY))));
    }

    @Test
    void believesWhatTheSdkSigns() {
        assertThat(event(item("AUTHORISATION", "PSP1", "", true)))
                .isEqualTo(new WebhookEvent(
                        "AUTHORISATION:PSP1:true",
                        "AUTHORISATION",
                        Instant.parse("2026-11-28T09:00:00Z"),
                        "PSP1",
                        null,
                        "op-1",
                        new Authorized("PSP1", FIVE_POUND_TEN),
                        null,
                        Operation.Kind.AUTHORIZE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"value\": 510 -> \"value\": 511",
                "GBP -> EUR",
                "\"success\": \"true\" -> \"success\": \"false\"",
                "AUTHORISATION -> CAPTURE",
                "\"PSP1\" -> \"PSP2\"",
                "op-1 -> op-2",
                "\"Kontor\" -> \"Other\"",
                "\"originalReference\": \"\" -> \"originalReference\": \"PSP0\"",
            })
    void believesNothingThatIsChanged(String change) {
        var words = change.split(" -> ", -1);
        var item = signed(item("AUTHORISATION", "PSP1", "", true), HMAC_KEY).replace(words[0], words[1]);
        assertThat(read(message(item))).isInstanceOf(Forged.class);
    }

    @Test
    void believesNoFieldsWithTheirBordersMoved() {
        var item = signed(item("AUTHORISATION", "PSP1", "", true), HMAC_KEY);
        var moved = item.replace("\"pspReference\": \"PSP1\"", "\"pspReference\": \"PSP1:\"")
                .replace("\"originalReference\": \"\", ", "")
                .replace("\"merchantAccountCode\": \"Kontor\"", "\"merchantAccountCode\": \"Kontor:op-1\"");
        assertThat(read(message(moved))).isInstanceOf(Forged.class);
        assertThat(read(message(signed(item("AUTHORISATION", "PSP1:2", "", true), HMAC_KEY))))
                .isInstanceOf(Forged.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "nonsense",
                "{\"notificationItems\": []}",
                "{\"notificationItems\": {}}",
                "{\"notificationItems\": [7]}",
                "{\"notificationItems\": [{\"Other\": {}}]}",
                "{\"notificationItems\": [{\"NotificationRequestItem\": {}}]}",
                "{\"notificationItems\": [{\"NotificationRequestItem\": {\"success\": \"true\"}}]} and more",
            })
    void believesNothingThatIsNotSigned(String body) {
        assertThat(read(body)).isInstanceOf(Forged.class);
    }

    @Test
    void acceptsEachKeyDuringARotationAndNoOther() throws IOException {
        var old = message(signed(item("CAPTURE", "PSP2", "PSP1", true), OLD_KEY));
        assertThat(read(old)).isInstanceOf(Verified.class);
        try (var rotated = gateway(List.of(HMAC_KEY), null, null);
                var open = gateway(List.of(), null, null)) {
            assertThat(read(rotated, old, null)).isInstanceOf(Forged.class);
            assertThat(read(rotated, message(signed(item("CAPTURE", "PSP2", "PSP1", true), HMAC_KEY)), null))
                    .isInstanceOf(Verified.class);
            assertThat(read(open, old, null))
                    .as("without keys nothing is believed")
                    .isInstanceOf(Forged.class);
        }
    }

    @Test
    void wantsTheLoginThatWasAgreedOn() {
        var body = message(signed(item("AUTHORISATION", "PSP1", "", true), HMAC_KEY));
        assertThat(read(gateway, body, null)).isInstanceOf(Forged.class);
        assertThat(read(gateway, body, LOGIN + "x")).isInstanceOf(Forged.class);
        assertThat(read(gateway, body, LOGIN)).isInstanceOf(Verified.class);
    }

    @Test
    void keepsTheGoodOnesOfABatchEachByItsOwnBytes() {
        var first = signed(item("AUTHORISATION", "PSP1", "", true), HMAC_KEY);
        var bad = item("CAPTURE", "PSP2", "PSP1", true).replace("SIGNATURE", "AAAA");
        var last = signed(item("REFUND", "PSP3", "PSP1", true), OLD_KEY);
        assertThat(read(message(first, bad, last))).isInstanceOfSatisfying(Verified.class, verified -> {
            assertThat(verified.refused()).hasSize(1);
            assertThat(verified.parts())
                    .extracting(part -> new String(part.raw(), StandardCharsets.UTF_8))
                    .containsExactly(first, last);
            for (var part : verified.parts())
                assertThat(gateway.readStored(part.raw())).contains(part.event());
        });
    }

    @Test
    void tellsOutcomesOfWhatWasAskedFor() {
        assertThat(event(item("CAPTURE", "PSP2", "PSP1", true)).answer())
                .isEqualTo(new Captured("PSP1", FIVE_POUND_TEN));
        assertThat(event(item("REFUND", "PSP3", "PSP1", true)).answer())
                .isEqualTo(new Refunded("PSP3", FIVE_POUND_TEN));
        assertThat(event(item("CANCELLATION", "PSP4", "PSP1", true)).answer()).isEqualTo(new Voided("PSP1"));
        assertThat(event(item("TECHNICAL_CANCEL", "PSP4", "PSP1", true)).answer())
                .isEqualTo(new Voided("PSP1"));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTHORISATION, false, AUTHORIZE",
        "CAPTURE, false, CAPTURE",
        "CAPTURE_FAILED, true, CAPTURE",
        "CANCELLATION, false, VOID",
        "REFUND, false, REFUND",
        "REFUND_FAILED, true, REFUND",
    })
    void tellsFailures(String code, boolean success, Operation.Kind kind) {
        var event = event(item(code, "PSP2", "PSP1", success));
        assertThat(event.answer()).isInstanceOf(Declined.class);
        assertThat(event.concerns()).isEqualTo(kind);
        assertThat(event.gatewayReference()).isEqualTo("PSP1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAPTURE_FAILED", "REFUND_FAILED"})
    void aFailureTellsTheAmountThatFailed(String code) {
        assertThat(event(item(code, "PSP2", "PSP1", true)).amount()).isEqualTo(FIVE_POUND_TEN);
    }

    @Test
    void aHoldThatExpiresIsGivenUpByNobody() {
        var event = event(item("EXPIRE", "PSP2", "PSP1", true));
        assertThat(event.answer()).isEqualTo(new Voided("PSP1"));
        assertThat(event.concerns()).isNull();
        assertThat(event.amount()).isEqualTo(FIVE_POUND_TEN);
        assertThat(event(item("EXPIRE", "PSP2", "PSP1", false)).answer()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "NOTIFICATION_OF_CHARGEBACK, OPEN, 0",
        "CHARGEBACK, OPEN, 1",
        "CHARGEBACK_REVERSED, OPEN, 2",
        "SECOND_CHARGEBACK, LOST, 3",
        "PREARBITRATION_LOST, LOST, 1",
        "PREARBITRATION_WON, WON, 0",
        "ISSUER_RESPONSE_TIMEFRAME_EXPIRED, WON, 0",
    })
    void tellsOfDisputes(String code, DisputeNews.Status status, int movements) {
        var event = event(item(code, "DISPUTE1", "PSP1", true));
        assertThat(event.answer()).isNull();
        assertThat(event.dispute())
                .isEqualTo(new DisputeNews("DISPUTE1", FIVE_POUND_TEN, status, movements % 2 == 1, null, movements));
    }

    @Test
    void saysNothingAboutTypesItDoesNotKnowAndOtherAccounts() {
        assertThat(event(item("REPORT_AVAILABLE", "PSP1", "", true)).answer()).isNull();
        var other = event(item("AUTHORISATION", "PSP1", "", true).replace("\"Kontor\"", "\"Other\""));
        assertThat(other.answer()).isNull();
        GatewayAnswer own = event(item("AUTHORISATION", "PSP1", "", true)).answer();
        assertThat(own).isNotNull();
    }

    @Test
    void theReceiptIsWhatAdyenWaitsFor() {
        assertThat(gateway.receipt().text()).isEqualTo("[accepted]");
        assertThat(gateway.readStored("nonsense".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }
}
