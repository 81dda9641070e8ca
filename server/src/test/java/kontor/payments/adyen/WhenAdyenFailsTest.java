package kontor.payments.adyen;

import static kontor.payments.adyen.SimulatedAdyen.FIVE_POUND_TEN;
import static kontor.payments.adyen.SimulatedAdyen.PAYS;
import static kontor.payments.adyen.SimulatedAdyen.payment;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.Pending;
import kontor.payments.GatewayRequest.Capture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Silence and nonsense, before and after the money moved: never a refusal, and asked again the truth. */
class WhenAdyenFailsTest {
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"drop\"}",
                "{\"kind\": \"error\"}",
                "{\"kind\": \"error\", \"status\": 401}",
                "{\"kind\": \"error\", \"status\": 422}",
                "{\"kind\": \"error\", \"status\": 429}",
                "{\"kind\": \"error\", \"status\": 503}",
            })
    void doesNotKnowAfterTheMoneyMovedAndLearnsByAskingAgain(String fault) {
        assertThat(answerAfterTheMoneyMoved(fault).isStrange()).as(fault).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"cut\"}",
                "{\"kind\": \"empty\"}",
                "{\"kind\": \"html\"}",
                "{\"kind\": \"redirect\"}",
                "{\"kind\": \"huge\", \"bytes\": 3000000}",
                "{\"kind\": \"wrong_amount\"}",
                "{\"kind\": \"wrong_currency\"}",
                "{\"kind\": \"wrong_payment\"}",
            })
    void takesWhatCannotBeTheAnswerForStrangeAndLearnsByAskingAgain(String fault) {
        assertThat(answerAfterTheMoneyMoved(fault).isStrange()).as(fault).isTrue();
    }

    private NoAnswer answerAfterTheMoneyMoved(String fault) {
        adyen.fault(fault);
        var payment = payment(PAYS, true);
        var answer = adyen.gateway.authorize(payment);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
        assertThat(adyen.heard("AUTHORISATION").answer())
                .as("the message says it too")
                .isInstanceOf(Authorized.class);
        assertThat(adyen.gateway.authorize(payment)).isInstanceOf(Captured.class);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
        assertThat(answer).as(fault).isInstanceOf(NoAnswer.class);
        return (NoAnswer) answer;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"drop\", \"when\": \"before\"}",
                "{\"kind\": \"error\", \"when\": \"before\"}",
            })
    void doesNotKnowBeforeTheMoneyMoved(String fault) {
        adyen.fault(fault);
        var payment = payment(PAYS, true);
        assertThat(adyen.gateway.authorize(payment)).isInstanceOf(NoAnswer.class);
        assertThat(adyen.effects()).isEmpty();
        assertThat(adyen.gateway.authorize(payment)).isInstanceOf(Captured.class);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void endsACallAfterItsBudget() throws IOException {
        adyen.fault("{\"kind\": \"hang\", \"ms\": 5000}");
        try (var impatient = adyen.impatientGateway()) {
            assertThat(impatient.authorize(payment(PAYS, true)))
                    .isInstanceOfSatisfying(
                            NoAnswer.class,
                            none -> assertThat(none.reason())
                                    .contains("300 ms")
                                    .matches(reason -> !none.isStrange(), "silence is nothing strange"));
        }
    }

    @Test
    void aWrongKeyDeclinesNobody() throws IOException {
        try (var stranger = adyen.gateway("another_key")) {
            assertThat(stranger.authorize(payment(PAYS, true))).isInstanceOf(NoAnswer.class);
        }
        assertThat(adyen.effects()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop",
                "error",
                "cut",
                "empty",
                "html",
                "redirect",
                "wrong_amount",
                "wrong_currency",
                "wrong_payment"
            })
    void aCaptureWithoutAnAnswerIsAskedForAgainAndTakenOnce(String kind) {
        var reference = adyen.hold(PAYS);
        adyen.fault("{\"kind\": \"%s\", \"operation\": \"capture\"}".formatted(kind));
        var capture = new Capture("capture-" + kind, reference, FIVE_POUND_TEN, 0, true);
        assertThat(isStrange(adyen.gateway.capture(capture))).isEqualTo(isMoreThanSilence(kind));
        assertThat(adyen.gateway.capture(capture)).isEqualTo(new Pending(reference));
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510", "captured 510");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop",
                "error",
                "cut",
                "empty",
                "html",
                "redirect",
                "wrong_amount",
                "wrong_currency",
                "wrong_payment"
            })
    void aRefundWithoutAnAnswerIsAskedForAgainAndPaidOnce(String kind) {
        var reference = adyen.take(PAYS);
        adyen.fault("{\"kind\": \"%s\", \"operation\": \"refund\"}".formatted(kind));
        assertThat(isStrange(adyen.gateway.refund("refund-" + kind, reference, FIVE_POUND_TEN)))
                .isEqualTo(isMoreThanSilence(kind));
        assertThat(adyen.gateway.refund("refund-" + kind, reference, FIVE_POUND_TEN))
                .isInstanceOf(Pending.class);
        assertThat(adyen.effectsOn(reference)).containsExactly("captured 510", "refunded 510");
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "error", "cut", "empty", "html", "redirect", "wrong_payment"})
    void aVoidWithoutAnAnswerIsAskedForAgainAndDoneOnce(String kind) {
        var reference = adyen.hold(PAYS);
        adyen.fault("{\"kind\": \"%s\", \"operation\": \"cancel\"}".formatted(kind));
        assertThat(isStrange(adyen.gateway.cancel("void-" + kind, reference))).isEqualTo(isMoreThanSilence(kind));
        assertThat(adyen.gateway.cancel("void-" + kind, reference)).isInstanceOf(Pending.class);
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    private static boolean isStrange(GatewayAnswer answer) {
        assertThat(answer).isInstanceOf(NoAnswer.class);
        return ((NoAnswer) answer).isStrange();
    }

    private static boolean isMoreThanSilence(String kind) {
        return !Set.of("drop", "error").contains(kind);
    }

    @Test
    void aRefusedRequestSaysNothingOfWhatIsHeld() {
        assertThat(adyen.gateway.cancel("void-x", "NOSUCHPAYMENT123")).isInstanceOf(NoAnswer.class);
        assertThat(adyen.gateway.refund("refund-x", "NOSUCHPAYMENT123", FIVE_POUND_TEN))
                .isInstanceOf(Declined.class);
        assertThat(adyen.gateway.cancel("void-y", "../payments")).isInstanceOf(NoAnswer.class);
    }
}
