package kontor.payments.stripe;

import static kontor.payments.stripe.SimulatedStripe.FIVE_POUND_TEN;
import static kontor.payments.stripe.SimulatedStripe.VISA;
import static kontor.payments.stripe.SimulatedStripe.payment;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import kontor.payments.GatewayAnswer.Captured;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PayingThroughStripeTest {
    private SimulatedStripe stripe;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        stripe = new SimulatedStripe(data, Duration.ofSeconds(10));
    }

    @AfterAll
    void stop() throws IOException {
        stripe.close();
    }

    @Test
    void takesTheMoneyAtOnceWhenAskedTo() {
        var payment = payment(VISA, true);
        var answer = stripe.gateway.authorize(payment);
        assertThat(answer).isInstanceOfSatisfying(Captured.class, captured -> {
            assertThat(captured.amount()).isEqualTo(FIVE_POUND_TEN);
            assertThat(stripe.effectsOn(captured.reference())).containsExactly("captured 510");
        });
    }
}
