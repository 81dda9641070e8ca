package kontor.payments.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.net.Webhook;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kontor.money.Money;
import kontor.payments.DisputeNews;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayAnswer.RequiresAction;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.Operation;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookVerdict;
import kontor.payments.WebhookVerdict.Forged;
import kontor.payments.WebhookVerdict.Unreadable;
import kontor.payments.WebhookVerdict.Verified;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StripeWebhooksTest {
    private static final String OLD_SECRET = "whsec_old";
    private static final String NEW_SECRET = "whsec_new";
    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");
    private static final Money FIVE_POUND_TEN = Money.of(510, "GBP");

    private static final String EVENT = """
            {"id": "evt_1", "object": "event", "created": 1795424400, "type": "%s", "livemode": false,
             "request": {"id": "req_1", "idempotency_key": %s}, "data": {"object": %s}}""";
    private static final String INTENT = """
            {"id": "pi_1", "object": "payment_intent", "amount": 510, "currency": "gbp", "amount_received": %d,
             "amount_capturable": %d, "status": "%s", "metadata": {"kontor_payment": "42", "kontor_operation": "op-1"}%s}""";
    private static final String SUCCEEDED =
            EVENT.formatted("payment_intent.succeeded", "null", INTENT.formatted(510, 0, "succeeded", ""));

    private final StripeGateway rotating = gatewayWith(OLD_SECRET, NEW_SECRET);
    private final StripeGateway rotated = gatewayWith(NEW_SECRET);

    private static StripeGateway gatewayWith(String... secrets) {
        return new StripeGateway(new StripeSettings(
                URI.create("http://127.0.0.1:9"), false, "sk_test_x", List.of(secrets), Duration.ofSeconds(1), 1));
    }

    @AfterAll
    void close() throws IOException {
        rotating.close();
        rotated.close();
    }

    /** Signed by the SDK, so that two hands have to agree on what a signature is. */
    private static String signed(String body, String secret, Instant at) {
        try {
            return Webhook.Signature.generateSignatureHeader(body, secret, at.getEpochSecond());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private WebhookVerdict read(String body, @Nullable String header) {
        return rotated.readWebhook(body.getBytes(StandardCharsets.UTF_8), _ -> header, NOW);
    }

    private WebhookEvent event(String body) {
        if (read(body, signed(body, NEW_SECRET, NOW)) instanceof Verified(var parts, var _))
            return parts.getFirst().event();
        throw new AssertionError(read(body, signed(body, NEW_SECRET, NOW)));
    }

    @Test
    void believesWhatIsSigned() {
        assertThat(event(SUCCEEDED))
                .isEqualTo(new WebhookEvent(
                        "evt_1",
                        "payment_intent.succeeded",
                        NOW,
                        "pi_1",
                        42L,
                        "op-1",
                        new Captured("pi_1", FIVE_POUND_TEN),
                        null));
    }

    @Test
    void believesNoAlteredByte() {
        var header = signed(SUCCEEDED, NEW_SECRET, NOW);
        assertThat(read(SUCCEEDED.replace("510", "511"), header)).isInstanceOf(Forged.class);
        assertThat(read(SUCCEEDED + " ", header)).isInstanceOf(Forged.class);
        assertThat(read(SUCCEEDED.replace(": ", ":"), header)).isInstanceOf(Forged.class); // the same JSON, other bytes
        assertThat(read("", header)).isInstanceOf(Forged.class);
    }

    @Test
    void believesNoOtherSecret() {
        assertThat(read(SUCCEEDED, signed(SUCCEEDED, "whsec_other", NOW))).isInstanceOf(Forged.class);
    }

    @ParameterizedTest
    @CsvSource({"-301, false", "-300, true", "-1, true", "0, true", "300, true", "301, false", "86400, false"})
    void believesWhatIsAtMostFiveMinutesOff(long seconds, boolean believed) {
        var verdict = read(SUCCEEDED, signed(SUCCEEDED, NEW_SECRET, NOW.plusSeconds(seconds)));
        assertThat(verdict).isInstanceOf(believed ? Verified.class : Forged.class);
    }

    @Test
    void believesBothSecretsDuringARotationAndOneAfterIt() {
        var bytes = SUCCEEDED.getBytes(StandardCharsets.UTF_8);
        var old = signed(SUCCEEDED, OLD_SECRET, NOW);
        assertThat(rotating.readWebhook(bytes, _ -> old, NOW)).isInstanceOf(Verified.class);
        assertThat(rotating.readWebhook(bytes, _ -> signed(SUCCEEDED, NEW_SECRET, NOW), NOW))
                .isInstanceOf(Verified.class);
        assertThat(rotated.readWebhook(bytes, _ -> old, NOW)).isInstanceOf(Forged.class);
    }

    @Test
    void triesEverySignature() {
        var good = signed(SUCCEEDED, NEW_SECRET, NOW);
        var time = good.substring(0, good.indexOf(','));
        var signature = good.substring(good.indexOf(',') + 1);
        assertThat(read(SUCCEEDED, time + ",v1=" + "0".repeat(64) + "," + signature))
                .isInstanceOf(Verified.class);
        assertThat(read(SUCCEEDED, signature + "," + time)).isInstanceOf(Verified.class);
    }

    @Test
    void believesNoOtherScheme() {
        var good = signed(SUCCEEDED, NEW_SECRET, NOW);
        assertThat(read(SUCCEEDED, good.replace("v1=", "v0="))).isInstanceOf(Forged.class);
        assertThat(read(SUCCEEDED, good.replace("v1=", "v2="))).isInstanceOf(Forged.class);
    }

    @Test
    void believesNoSecondTimestamp() {
        var old = signed(SUCCEEDED, NEW_SECRET, NOW.minusSeconds(1000));
        assertThat(read(SUCCEEDED, old + ",t=" + NOW.getEpochSecond())).isInstanceOf(Forged.class);
        assertThat(read(SUCCEEDED, "t=" + NOW.getEpochSecond() + "," + old)).isInstanceOf(Forged.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t=",
                "v1=",
                "t=,v1=",
                "t=1795424400",
                "t=1795424400,v1=",
                "t=x,v1=00",
                "t=-1,v1=00",
                "t=99999999999999999999,v1=00",
                "=",
                ",",
                ",,,",
                "t",
                "v1",
                "t=1795424400,v1=é"
            })
    void believesNothingMalformed(String header) {
        assertThat(read(SUCCEEDED, header)).isInstanceOf(Forged.class);
    }

    @Test
    void believesNothingWithoutASignatureOrWithAnEndlessOne() {
        assertThat(read(SUCCEEDED, null)).isInstanceOf(Forged.class);
        assertThat(read(SUCCEEDED, signed(SUCCEEDED, NEW_SECRET, NOW) + ",v1=00".repeat(10_000)))
                .isInstanceOf(Forged.class);
    }

    @Test
    void believesNobodyWithoutASecret() throws IOException {
        try (var open = gatewayWith("")) {
            var bytes = SUCCEEDED.getBytes(StandardCharsets.UTF_8);
            assertThat(open.readWebhook(bytes, _ -> signed(SUCCEEDED, "x", NOW), NOW))
                    .isInstanceOf(Forged.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not JSON",
                "[]",
                "null",
                "{}",
                "{\"id\": \"evt_1\"}",
                "{\"id\": \"\", \"type\": \"a\", \"created\": 1}",
                "{\"id\": \"evt_1\", \"type\": \"a\", \"created\": \"x\", \"data\": {\"object\": {}}}",
                "{\"id\": \"evt_1\", \"type\": \"a\", \"created\": 1, \"data\": []}"
            })
    void cannotReadWhatIsSignedButNoEvent(String body) {
        assertThat(read(body, signed(body, NEW_SECRET, NOW))).isInstanceOf(Unreadable.class);
    }

    @Test
    void keepsEventsItDoesNotKnow() {
        var body = EVENT.formatted("invoice.created", "null", "{\"id\": \"in_1\", \"object\": \"invoice\"}");
        assertThat(event(body))
                .isEqualTo(new WebhookEvent("evt_1", "invoice.created", NOW, null, null, null, null, null));
    }

    @Test
    void tellsWhichOperationCausedIt() {
        var body =
                EVENT.formatted("payment_intent.succeeded", "\"capture-7\"", INTENT.formatted(510, 0, "succeeded", ""));
        assertThat(event(body).operationKey()).isEqualTo("capture-7");
    }

    @Test
    void readsEachStateOfAPayment() {
        assertThat(answerIn(INTENT.formatted(0, 510, "requires_capture", "")))
                .isEqualTo(new Authorized("pi_1", FIVE_POUND_TEN));
        assertThat(answerIn(INTENT.formatted(0, 0, "canceled", ""))).isEqualTo(new Voided("pi_1"));
        assertThat(answerIn(INTENT.formatted(
                        0,
                        0,
                        "requires_payment_method",
                        ", \"last_payment_error\": {\"type\": \"card_error\", \"code\": \"card_declined\","
                                + " \"decline_code\": \"lost_card\", \"message\": \"No.\"}")))
                .isEqualTo(new Declined("lost_card", "No.", "pi_1"));
        assertThat(answerIn(INTENT.formatted(
                        0,
                        0,
                        "requires_action",
                        ", \"next_action\": {\"type\": \"redirect_to_url\", \"redirect_to_url\": {\"url\":"
                                + " \"https://bank.test/3ds\"}}")))
                .isEqualTo(new RequiresAction("pi_1", URI.create("https://bank.test/3ds")));
        assertThat(answerIn(INTENT.formatted(0, 0, "processing", ""))).isNull();
    }

    private @Nullable GatewayAnswer answerIn(String intent) {
        return event(EVENT.formatted("payment_intent.any", "null", intent)).answer();
    }

    @Test
    void readsRefunds() {
        var refund = """
                {"id": "re_1", "object": "refund", "amount": 100, "currency": "gbp", "payment_intent": "pi_1",
                 "status": "succeeded", "metadata": {"kontor_operation": "refund-1"}}""";
        assertThat(event(EVENT.formatted("refund.created", "null", refund)))
                .isEqualTo(new WebhookEvent(
                        "evt_1",
                        "refund.created",
                        NOW,
                        "pi_1",
                        null,
                        "refund-1",
                        new Refunded("re_1", Money.of(100, "GBP")),
                        null,
                        Operation.Kind.REFUND));
        var charge =
                "{\"id\": \"ch_1\", \"object\": \"charge\", \"payment_intent\": \"pi_1\", \"amount_refunded\": 100}";
        assertThat(event(EVENT.formatted("charge.refunded", "null", charge)).gatewayReference())
                .isEqualTo("pi_1");
    }

    @Test
    void readsAPaymentThatIsCapturedInPart() {
        assertThat(answerIn(INTENT.formatted(100, 410, "requires_capture", "")))
                .isEqualTo(new Captured("pi_1", Money.of(100, "GBP")));
    }

    @ParameterizedTest
    @CsvSource({
        "needs_response, -200, OPEN, true",
        "under_review, -200, OPEN, true",
        "warning_needs_response, , OPEN, false",
        "warning_under_review, , OPEN, false",
        "warning_closed, , WON, false",
        "won, '-200 200', WON, false",
        "won, -200, WON, true", // what was won is still on its way
        "lost, -200, LOST, true",
    })
    void readsDisputes(String status, @Nullable String movements, DisputeNews.Status expected, boolean withdrawn) {
        var transactions = movements == null
                ? ""
                : Stream.of(movements.split(" "))
                        .map("{\"object\": \"balance_transaction\", \"amount\": %s}"::formatted)
                        .collect(Collectors.joining(", "));
        var dispute = """
                {"id": "du_1", "object": "dispute", "amount": 200, "currency": "gbp", "payment_intent": "pi_1",
                 "charge": "ch_1", "reason": "fraudulent", "status": "%s", "balance_transactions": [%s]}""".formatted(status, transactions);
        assertThat(event(EVENT.formatted("charge.dispute.updated", "null", dispute)))
                .isEqualTo(new WebhookEvent(
                        "evt_1",
                        "charge.dispute.updated",
                        NOW,
                        "pi_1",
                        null,
                        null,
                        null,
                        new DisputeNews("du_1", Money.of(200, "GBP"), expected, withdrawn, "fraudulent")));
    }

    @Test
    void saysNothingOfADisputeInAStateItDoesNotKnow() {
        var dispute = """
                {"id": "du_1", "object": "dispute", "amount": 200, "currency": "gbp", "payment_intent": "pi_1",
                 "status": "paused"}""";
        var event = event(EVENT.formatted("charge.dispute.updated", "null", dispute));
        assertThat(event.dispute()).isNull();
        assertThat(event.gatewayReference()).isEqualTo("pi_1");
    }

    @Test
    void readsAgainWhatItHasVerifiedBefore() {
        assertThat(rotated.readStored(SUCCEEDED.getBytes(StandardCharsets.UTF_8)))
                .contains(event(SUCCEEDED));
        assertThat(rotated.readStored("nonsense".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }
}
