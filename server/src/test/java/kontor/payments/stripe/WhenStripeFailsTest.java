package kontor.payments.stripe;

import static kontor.payments.stripe.SimulatedStripe.FIVE_POUND_TEN;
import static kontor.payments.stripe.SimulatedStripe.VISA;
import static kontor.payments.stripe.SimulatedStripe.lookUp;
import static kontor.payments.stripe.SimulatedStripe.payment;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayAnswer.RequiresAction;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.GatewayRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Silence, broken answers and answers about something else are never a refusal, and never a success. */
@Timeout(60) // what is waited for comes, or the test has failed
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhenStripeFailsTest {
    private SimulatedStripe stripe;
    private StripeGateway impatient;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        stripe = new SimulatedStripe(data, Duration.ofSeconds(10));
        impatient = stripe.impatientGateway();
    }

    /** Waiting for an answer that never comes need not take long; waiting for one that does may, on a busy machine. */
    private StripeGateway gatewayFor(String fault) {
        stripe.fault(fault);
        return fault.contains("hang") ? impatient : stripe.gateway;
    }

    @AfterEach
    void mend() {
        stripe.clearFaults();
    }

    @AfterAll
    void stop() throws IOException {
        impatient.close();
        stripe.close();
    }

    /** After each of these the money has been taken, and only asking again tells. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"hang\", \"ms\": 60000}",
                "{\"kind\": \"error\", \"stored\": false}",
                "{\"kind\": \"error\", \"status\": 503}",
                "{\"kind\": \"error\", \"status\": 429}",
                "{\"kind\": \"error\", \"status\": 409}",
                "{\"kind\": \"error\", \"status\": 401}",
                "{\"kind\": \"error\", \"status\": 403}",
                "{\"kind\": \"error\", \"status\": 404}",
                "{\"kind\": \"drop\"}",
                "{\"kind\": \"cut\"}",
                "{\"kind\": \"empty\"}",
                "{\"kind\": \"html\"}",
                "{\"kind\": \"redirect\"}",
                "{\"kind\": \"duplicate\"}",
                "{\"kind\": \"huge\", \"bytes\": 2000000}",
                "{\"kind\": \"wrong_amount\"}",
                "{\"kind\": \"wrong_currency\"}",
                "{\"kind\": \"wrong_payment\"}",
            })
    void doesNotKnowUntilItAsksAgain(String fault) {
        var payment = payment(VISA, true);
        assertThat(gatewayFor(fault).authorize(payment)).isInstanceOf(NoAnswer.class);
        stripe.awaitExecution(() -> stripe.effectsOf(payment), "captured 510");

        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(Captured.class);
        assertThat(stripe.gateway.lookUp(lookUp(payment, null))).isInstanceOf(Captured.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void doesNotTakeTheAnswerToAnotherCallForItsOwn() {
        stripe.take();
        var payment = payment(VISA, true);
        stripe.fault("{\"kind\": \"previous\"}");
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(Captured.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"drop\", \"when\": \"before\"}",
                "{\"kind\": \"error\", \"when\": \"before\", \"stored\": false}",
                "{\"kind\": \"error\", \"when\": \"before\", \"status\": 429}",
            })
    void doesNotKnowEitherWhenNothingHappened(String fault) {
        var payment = payment(VISA, true);
        assertThat(gatewayFor(fault).authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.effectsOf(payment)).isEmpty();
        assertThat(stripe.gateway.lookUp(lookUp(payment, null))).isEqualTo(new NotFound());

        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(Captured.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    /** A 500 is what the key stands for from then on; what is true, only a look-up tells. */
    @Test
    void learnsByLookingUpWhatAStoredErrorHides() {
        var payment = payment(VISA, true);
        stripe.fault("{\"kind\": \"error\"}");
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.lookUp(lookUp(payment, null))).isInstanceOf(Captured.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void neverExecutesUnderAKeyThatStandsForAnError() {
        var payment = payment(VISA, true);
        stripe.fault("{\"kind\": \"error\", \"when\": \"before\"}");
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"hang\", \"ms\": 60000}",
                "{\"kind\": \"drop\"}",
                "{\"kind\": \"wrong_amount\", \"by\": -1}",
                "{\"kind\": \"wrong_payment\"}",
            })
    void doesNotKnowWhetherItTookWhatWasHeld(String fault) {
        var reference = stripe.hold();
        var key = "capture-" + reference;
        assertThat(gatewayFor(fault).capture(new GatewayRequest.Capture(key, reference, FIVE_POUND_TEN, 0, true)))
                .isInstanceOf(NoAnswer.class);
        stripe.awaitExecution(() -> stripe.effectsOn(reference), "captured 510");
        assertThat(stripe.gateway.capture(new GatewayRequest.Capture(key, reference, FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Captured(reference, FIVE_POUND_TEN));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void doesNotKnowWhetherItLetGoOfWhatWasHeld() {
        var reference = stripe.hold();
        stripe.fault("{\"kind\": \"drop\"}");
        assertThat(stripe.gateway.cancel("void-" + reference, reference)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.cancel("void-" + reference, reference)).isEqualTo(new Voided(reference));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void paysBackOnceWhenTheAnswerWasLost() {
        var reference = stripe.take();
        stripe.fault("{\"kind\": \"drop\"}");
        var key = "refund-" + reference;
        assertThat(stripe.gateway.refund(key, reference, FIVE_POUND_TEN)).isInstanceOf(NoAnswer.class);
        stripe.gateway.refund(key, reference, FIVE_POUND_TEN);
        assertThat(stripe.effectsOn(reference)).containsExactly("captured 510", "refunded 510");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"html\", \"operation\": \"search\"}",
                "{\"kind\": \"hang\", \"ms\": 60000, \"operation\": \"search\"}",
                "{\"kind\": \"error\", \"operation\": \"search\"}",
                "{\"kind\": \"wrong_amount\", \"operation\": \"search\"}",
            })
    void doesNotTakeABrokenLookUpForNotFound(String fault) {
        var payment = payment(VISA, true);
        stripe.gateway.authorize(payment);
        assertThat(gatewayFor(fault).lookUp(lookUp(payment, null))).isInstanceOf(NoAnswer.class);
    }

    @Test
    void mayNotFindWhatIsYoungerThanTheSearchKnows() {
        var payment = payment(VISA, true);
        stripe.gateway.authorize(payment);
        stripe.fault("{\"kind\": \"search_lag\", \"ms\": 60000}");
        assertThat(stripe.gateway.lookUp(lookUp(payment, null))).isEqualTo(new NotFound());
        // Asked again under its key, it tells the truth.
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(Captured.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void tellsOnDemandThatTheBankDeclined() {
        var payment = payment(VISA, true);
        stripe.fault("{\"kind\": \"decline\", \"code\": \"stolen_card\"}");
        assertThat(stripe.gateway.authorize(payment))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("stolen_card"));
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"drop\", \"operation\": \"cancel\"}",
                "{\"kind\": \"cut\", \"operation\": \"cancel\"}",
                "{\"kind\": \"hang\", \"ms\": 60000, \"operation\": \"cancel\"}",
                "{\"kind\": \"error\", \"operation\": \"cancel\"}",
                "{\"kind\": \"error\", \"when\": \"before\", \"operation\": \"cancel\"}",
                "{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"cancel\"}",
            })
    void doesNotTellOfARefusalUntilThePaymentIsKnownToBeClosed(String fault) {
        var payment = payment(SimulatedStripe.INSUFFICIENT_FUNDS, true);
        assertThat(gatewayFor(fault).authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.lookUp(lookUp(payment, null)))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("insufficient_funds"));
        assertThat(stripe.standOf(payment)).endsWith(" canceled");
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void findsThatARefusedPaymentWasPaidBeforeItCouldBeClosed() {
        var payment = payment(SimulatedStripe.DECLINED, true);
        stripe.fault("{\"kind\": \"drop\", \"when\": \"before\", \"operation\": \"cancel\"}");
        assertThat(stripe.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        var reference = stripe.standOf(payment).replace(" requires_payment_method", "");
        stripe.confirm(reference);
        // The key of the call stands for the refusal, and the payment is not to be closed any more.
        assertThat(stripe.gateway.authorize(payment)).isEqualTo(new Captured(reference, FIVE_POUND_TEN));
        assertThat(stripe.gateway.lookUp(lookUp(payment, reference)))
                .isEqualTo(new Captured(reference, FIVE_POUND_TEN));
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    /** A refusal about another payment says nothing about this one. */
    @Test
    void doesNotKnowWhenTheRefusalIsAboutAnotherPayment() {
        stripe.fault("{\"kind\": \"wrong_payment\"}");
        assertThat(stripe.gateway.authorize(payment(SimulatedStripe.DECLINED, true)))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void asksOnDemandForAuthentication() {
        stripe.fault("{\"kind\": \"authenticate\"}");
        assertThat(stripe.gateway.authorize(payment(VISA, true))).isInstanceOf(RequiresAction.class);
    }

    @Test
    void failsTheSameCallsForTheSameSeed() {
        var first = failures();
        assertThat(failures()).isEqualTo(first).contains("x").contains(".");
    }

    private String failures() {
        stripe.clearFaults();
        stripe.fault("{\"kind\": \"drop\", \"probability\": 0.3, \"seed\": 7}");
        var failures = new StringBuilder();
        for (var i = 0; i < 20; i++) {
            failures.append(stripe.gateway.authorize(payment(VISA, false)) instanceof Authorized ? '.' : 'x');
        }
        return failures.toString();
    }

    @Test
    void doesNotKnowWhenNobodyListens(@TempDir Path data) throws IOException {
        try (var gone = new SimulatedStripe(data, Duration.ofSeconds(5))) {
            gone.stopSimulator();
            assertThat(gone.gateway.authorize(payment(VISA, true))).isInstanceOf(NoAnswer.class);
        }
    }

    @Test
    void keepsSecretsAndLineBreaksOutOfItsReasons() {
        stripe.fault("{\"kind\": \"html\"}");
        assertThat(stripe.gateway.authorize(payment(VISA, true)))
                .isInstanceOfSatisfying(
                        NoAnswer.class,
                        unknown -> assertThat(unknown.reason())
                                .hasSizeLessThan(400)
                                .doesNotContain("sk_test", "\n", "\r"));
    }
}
