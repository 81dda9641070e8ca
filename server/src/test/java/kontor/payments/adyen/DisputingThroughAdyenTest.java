package kontor.payments.adyen;

import static kontor.payments.adyen.SimulatedAdyen.PAYS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import kontor.money.Money;
import kontor.payments.DisputeNews;
import kontor.payments.DisputeNews.Status;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.Refunded;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disputes as the simulator has them in Adyen's form, heard through the real adapter. */
class DisputingThroughAdyenTest {
    @TempDir
    private Path data;

    private SimulatedAdyen adyen;

    @BeforeEach
    void start() throws IOException {
        adyen = new SimulatedAdyen(data, Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() throws IOException {
        adyen.close();
    }

    @Test
    void everyStepIsToldUnderTheDisputesOwnName() {
        var reference = adyen.take(PAYS);
        adyen.control("/_chargebacks", event(reference, "NOTIFICATION_OF_CHARGEBACK"));
        var announced = adyen.heard("NOTIFICATION_OF_CHARGEBACK");
        assertThat(announced.gatewayReference()).isEqualTo(reference);
        var news = Objects.requireNonNull(announced.dispute());
        assertThat(news).isEqualTo(news(news, Status.OPEN, 0));
        assertThat(adyen.effectsOn(reference)).containsExactly("captured 510");
        adyen.control("/_chargebacks", event(reference, "CHARGEBACK"));
        assertThat(adyen.heard("CHARGEBACK").dispute()).isEqualTo(news(news, Status.OPEN, 1));
        adyen.control("/_chargebacks", event(reference, "CHARGEBACK_REVERSED"));
        assertThat(adyen.heard("CHARGEBACK_REVERSED").dispute()).isEqualTo(news(news, Status.OPEN, 2));
        adyen.control("/_chargebacks", event(reference, "SECOND_CHARGEBACK"));
        assertThat(adyen.heard("SECOND_CHARGEBACK").dispute()).isEqualTo(news(news, Status.LOST, 3));
        assertThat(adyen.effectsOn(reference))
                .containsExactly("captured 510", "disputed 510", "reinstated 510", "disputed 510");
    }

    @Test
    void whatTheBankTookCannotBeRefundedUntilItIsGivenBack() {
        var reference = adyen.take(PAYS);
        adyen.control("/_chargebacks", event(reference, "CHARGEBACK"));
        adyen.gateway.refund("refund-1", reference, Money.of(1, "GBP"));
        assertThat(adyen.heard("REFUND").answer()).isInstanceOf(Declined.class);
        adyen.control("/_chargebacks", event(reference, "CHARGEBACK_REVERSED"));
        adyen.gateway.refund("refund-2", reference, Money.of(1, "GBP"));
        assertThat(adyen.heard("REFUND").answer()).isInstanceOf(Refunded.class);
    }

    @Test
    void aDisputeGoesOnAfterARestart() throws IOException {
        var reference = adyen.take(PAYS);
        adyen.control("/_chargebacks", event(reference, "CHARGEBACK"));
        var news = Objects.requireNonNull(adyen.heard("CHARGEBACK").dispute());
        adyen.restartSimulator();
        adyen.control("/_chargebacks", event(reference, "CHARGEBACK_REVERSED"));
        assertThat(adyen.heard("CHARGEBACK_REVERSED").dispute()).isEqualTo(news(news, Status.OPEN, 2));
        assertThat(adyen.effectsOn(reference)).containsExactly("captured 510", "disputed 510", "reinstated 510");
    }

    @Test
    void whatCannotComeNextIsRefusedAndMovesNothing() {
        var reference = adyen.take(PAYS);
        for (var event : new String[] {"CHARGEBACK_REVERSED", "SECOND_CHARGEBACK", "NO_SUCH_EVENT"})
            assertThat(adyen.controlled("/_chargebacks", event(reference, event))
                            .statusCode())
                    .as(event)
                    .isEqualTo(422);
        assertThat(adyen.controlled("/_chargebacks", event("NOBODYS", "CHARGEBACK"))
                        .statusCode())
                .isEqualTo(422);
        assertThat(adyen.controlled("/_chargebacks", """
                                {"payment": "%s", "event": "CHARGEBACK", "amount": 511}""".formatted(reference)).statusCode())
                .isEqualTo(422);
        assertThat(adyen.effectsOn(reference)).containsExactly("captured 510");
    }

    private static String event(String payment, String event) {
        return "{\"payment\": \"" + payment + "\", \"event\": \"" + event + "\"}";
    }

    private static DisputeNews news(DisputeNews of, Status status, int movements) {
        return new DisputeNews(of.reference(), Money.of(510, "GBP"), status, movements % 2 == 1, null, movements);
    }
}
