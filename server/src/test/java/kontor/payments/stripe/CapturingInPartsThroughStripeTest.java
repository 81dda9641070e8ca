package kontor.payments.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import kontor.money.Money;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.GatewayRequest.Capture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CapturingInPartsThroughStripeTest {
    private SimulatedStripe stripe;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        stripe = new SimulatedStripe(data, Duration.ofSeconds(10));
    }

    @AfterEach
    void mend() {
        stripe.clearFaults();
    }

    @AfterAll
    void stop() throws IOException {
        stripe.close();
    }

    private static Capture part(String reference, int number, long amount, long before, boolean last) {
        return new Capture("part-" + number + "-" + reference, reference, Money.of(amount, "GBP"), before, last);
    }

    private static Captured captured(Capture part) {
        return new Captured(part.gatewayReference(), part.amount());
    }

    @Test
    void takesSeveralPartsAndLetsGoOfTheRestWithTheLast() {
        var reference = stripe.hold();
        var first = part(reference, 1, 100, 0, false);
        var second = part(reference, 2, 200, 100, false);
        var last = part(reference, 3, 50, 300, true);
        assertThat(stripe.gateway.capture(first)).isEqualTo(captured(first));
        assertThat(stripe.gateway.capture(second)).isEqualTo(captured(second));
        assertThat(stripe.gateway.capture(last)).isEqualTo(captured(last));
        assertThat(stripe.gateway.capture(part(reference, 4, 50, 350, true))).isEqualTo(new Voided(reference));
        assertThat(stripe.effectsOn(reference))
                .containsExactly("authorized 510", "captured 100", "captured 200", "captured 50");
    }

    @Test
    void givesEachPartItsFirstAnswerAgain() {
        var reference = stripe.hold();
        var first = part(reference, 1, 100, 0, false);
        var second = part(reference, 2, 100, 100, false);
        stripe.gateway.capture(first);
        stripe.gateway.capture(second);
        assertThat(stripe.gateway.capture(first)).isEqualTo(captured(first));
        assertThat(stripe.gateway.capture(second)).isEqualTo(captured(second));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 100", "captured 100");
    }

    @Test
    void declinesAPartThatIsMoreThanIsLeft() {
        var reference = stripe.hold();
        stripe.gateway.capture(part(reference, 1, 500, 0, false));
        assertThat(stripe.gateway.capture(part(reference, 2, 11, 500, false))).isInstanceOf(Declined.class);
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 500");
    }

    /** The same amount as the part before, so that only the sum can tell the two apart. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"drop\", \"operation\": \"capture\"}",
                "{\"kind\": \"cut\", \"operation\": \"capture\"}",
                "{\"kind\": \"html\", \"operation\": \"capture\"}",
                "{\"kind\": \"redirect\", \"operation\": \"capture\"}",
                "{\"kind\": \"duplicate\", \"operation\": \"capture\"}",
                "{\"kind\": \"previous\", \"operation\": \"capture\"}",
                "{\"kind\": \"wrong_amount\", \"operation\": \"capture\"}",
                "{\"kind\": \"wrong_currency\", \"operation\": \"capture\"}",
                "{\"kind\": \"error\", \"operation\": \"capture\"}",
            })
    void findsOutWhatBecameOfASecondPart(String fault) {
        var reference = stripe.hold();
        stripe.gateway.capture(part(reference, 1, 100, 0, false));
        var second = part(reference, 2, 100, 100, false);
        assertThat(stripe.gateway.lookUpCapture(second)).isEqualTo(new NotFound());
        stripe.fault(fault);
        assertThat(stripe.gateway.capture(second)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.lookUpCapture(second)).isEqualTo(captured(second));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 100", "captured 100");
    }

    @Test
    void findsNothingWhereTheCallNeverArrived() {
        var reference = stripe.hold();
        stripe.gateway.capture(part(reference, 1, 100, 0, false));
        var second = part(reference, 2, 100, 100, false);
        stripe.fault("{\"kind\": \"drop\", \"when\": \"before\"}");
        assertThat(stripe.gateway.capture(second)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.gateway.lookUpCapture(second)).isEqualTo(new NotFound());
        assertThat(stripe.gateway.capture(second)).isEqualTo(captured(second));
    }

    @Test
    void letsGoOfTheRestAndKeepsWhatWasTaken() {
        var reference = stripe.hold();
        var first = part(reference, 1, 100, 0, false);
        stripe.gateway.capture(first);
        assertThat(stripe.gateway.cancel("void-" + reference, reference)).isEqualTo(new Voided(reference));
        assertThat(stripe.gateway.capture(part(reference, 2, 100, 100, false))).isEqualTo(new Voided(reference));
        assertThat(stripe.gateway.lookUpCapture(first)).isEqualTo(captured(first));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 100", "voided 410");
    }
}
