package kontor.payments.adyen;

import static kontor.payments.adyen.SimulatedAdyen.FIVE_POUND_TEN;
import static kontor.payments.adyen.SimulatedAdyen.INSUFFICIENT_FUNDS;
import static kontor.payments.adyen.SimulatedAdyen.PAYS;
import static kontor.payments.adyen.SimulatedAdyen.REFUSED;
import static kontor.payments.adyen.SimulatedAdyen.THREE_D_SECURE;
import static kontor.payments.adyen.SimulatedAdyen.back;
import static kontor.payments.adyen.SimulatedAdyen.payment;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayAnswer.Pending;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayAnswer.RequiresAction;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.GatewayRequest.Authorize;
import kontor.payments.GatewayRequest.Capture;
import kontor.payments.GatewayRequest.LookUp;
import kontor.payments.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the adapter does with an Adyen that works, and what Adyen's messages then say. */
class PayingThroughAdyenTest {
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
    void takesTheMoneyAtOnce() {
        var payment = payment(PAYS, true);
        var answer = adyen.gateway.authorize(payment);
        assertThat(answer).isInstanceOf(Captured.class);
        assertThat(((Captured) answer).amount()).isEqualTo(FIVE_POUND_TEN);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
        var told = adyen.heard("AUTHORISATION");
        assertThat(told.operationKey()).isEqualTo(payment.operationKey());
        assertThat(told.concerns()).isEqualTo(Operation.Kind.AUTHORIZE);
        assertThat(told.answer()).isEqualTo(new Authorized(((Captured) answer).reference(), FIVE_POUND_TEN));
    }

    @Test
    void holdsTheMoneyAndTakesItInParts() {
        var reference = adyen.hold(PAYS);
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510");
        var first = new Capture("capture-1", reference, Money.of(200, "GBP"), 0, false);
        assertThat(adyen.gateway.capture(first)).isEqualTo(new Pending(reference));
        assertThat(adyen.heard("CAPTURE").answer()).isEqualTo(new Captured(reference, Money.of(200, "GBP")));
        var second = new Capture("capture-2", reference, Money.of(310, "GBP"), 200, true);
        assertThat(adyen.gateway.capture(second)).isEqualTo(new Pending(reference));
        var told = adyen.heard("CAPTURE");
        assertThat(told.operationKey()).isEqualTo("capture-2");
        assertThat(told.concerns()).isEqualTo(Operation.Kind.CAPTURE);
        assertThat(told.gatewayReference()).isEqualTo(reference);
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510", "captured 200", "captured 310");
    }

    @Test
    void aCaptureOfMoreThanIsLeftIsTakenOnAndThenFails() {
        var reference = adyen.hold(PAYS);
        var capture = new Capture("capture-3", reference, Money.of(511, "GBP"), 0, true);
        assertThat(adyen.gateway.capture(capture)).isEqualTo(new Pending(reference));
        assertThat(adyen.heard("CAPTURE").answer()).isInstanceOf(Declined.class);
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510");
    }

    @Test
    void aCaptureThatTheBankTakesBackIsToldTwice() {
        var reference = adyen.hold("test_card_capture_fails");
        adyen.gateway.capture(new Capture("capture-4", reference, FIVE_POUND_TEN, 0, true));
        var failed = adyen.heard("CAPTURE_FAILED");
        assertThat(failed.answer()).isInstanceOf(Declined.class);
        assertThat(failed.operationKey()).isEqualTo("capture-4");
        assertThat(failed.concerns()).isEqualTo(Operation.Kind.CAPTURE);
    }

    @Test
    void refusesWithAWordThatStaysTheSame() {
        var payment = payment(INSUFFICIENT_FUNDS, true);
        assertThat(adyen.gateway.authorize(payment)).isInstanceOfSatisfying(Declined.class, no -> {
            assertThat(no.code()).isEqualTo("insufficient_funds");
            assertThat(no.reference()).isNotNull();
        });
        assertThat(adyen.gateway.authorize(payment(REFUSED, true)))
                .isInstanceOfSatisfying(
                        Declined.class, no -> assertThat(no.code()).isEqualTo("declined"));
        assertThat(adyen.gateway.authorize(payment("test_card_refused_20", true)))
                .isInstanceOfSatisfying(
                        Declined.class,
                        no -> assertThat(no.code())
                                .as("what a fraudster could learn from is not told")
                                .isEqualTo("declined"));
        assertThat(adyen.effects()).isEmpty();
    }

    @Test
    void asksTheBuyerAndHearsThroughTheBrowserWhatCameOfIt() {
        var payment = payment(THREE_D_SECURE, true);
        var answer = (RequiresAction) adyen.gateway.authorize(payment);
        assertThat(adyen.get(answer.redirect()).body()).contains("510 GBP");
        assertThat(adyen.effects()).isEmpty();
        var returned = adyen.press(answer.redirect(), "complete");
        assertThat(adyen.gateway.confirm(back(payment, returned))).isInstanceOf(Captured.class);
        assertThat(adyen.gateway.confirm(back(payment, returned))).isInstanceOf(Captured.class);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void aBuyerWhoFailsToAuthenticateIsRefused() {
        var payment = payment(THREE_D_SECURE, true);
        var answer = (RequiresAction) adyen.gateway.authorize(payment);
        var returned = adyen.press(answer.redirect(), "fail");
        assertThat(adyen.gateway.confirm(back(payment, returned)))
                .isInstanceOfSatisfying(
                        Declined.class, no -> assertThat(no.code()).isEqualTo("authentication_failed"));
        assertThat(adyen.effects()).isEmpty();
    }

    @Test
    void believesNothingThatABrowserBringsBackItself() {
        var payment = payment(THREE_D_SECURE, true);
        adyen.gateway.authorize(payment);
        assertThat(adyen.gateway.confirm(back(payment, Map.of("redirectResult", "nonsense"))))
                .isInstanceOf(GatewayAnswer.NotFound.class);
        assertThat(adyen.gateway.confirm(back(payment, Map.of("resultCode", "Authorised"))))
                .isInstanceOf(GatewayAnswer.NotFound.class);
        var other = payment(THREE_D_SECURE, true);
        var answer = (RequiresAction) adyen.gateway.authorize(other);
        var returned = adyen.press(answer.redirect(), "complete");
        assertThat(adyen.gateway.confirm(back(payment, returned)))
                .as("of somebody else's payment")
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void declinesAtOnceWhenThereIsNowhereToComeBackTo() {
        assertThat(adyen.gateway.authorize(payment(THREE_D_SECURE, true, null)))
                .isInstanceOfSatisfying(
                        Declined.class, no -> assertThat(no.code()).isEqualTo("authentication_required"));
        assertThat(adyen.gateway.authorize(payment(PAYS, true, null))).isInstanceOf(Captured.class);
    }

    @Test
    void aBankThatTakesItsTimeIsHeardOfLater() {
        var payment = payment("test_card_pending", true);
        var answer = adyen.gateway.authorize(payment);
        assertThat(answer).isInstanceOf(Pending.class);
        var told = adyen.heard("AUTHORISATION");
        assertThat(told.answer())
                .isEqualTo(new Authorized(String.valueOf(((Pending) answer).reference()), FIVE_POUND_TEN));
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void givesUpWhatIsHeld() {
        var reference = adyen.hold(PAYS);
        assertThat(adyen.gateway.cancel("void-1", reference)).isEqualTo(new Pending(reference));
        var told = adyen.heard("CANCELLATION");
        assertThat(told.answer()).isEqualTo(new Voided(reference));
        assertThat(told.operationKey()).isEqualTo("void-1");
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void givesUpWhatWaitsForItsBuyerByTheNameThatWeGaveIt() {
        var payment = payment(THREE_D_SECURE, true);
        var answer = (RequiresAction) adyen.gateway.authorize(payment);
        var key = "void-2-" + "x".repeat(80);
        assertThat(adyen.gateway.cancel(key, answer.reference())).isEqualTo(new Pending(answer.reference()));
        var told = adyen.heard("TECHNICAL_CANCEL");
        assertThat(told.answer()).isInstanceOf(Voided.class);
        assertThat(told.operationKey()).startsWith("void-2-");
        adyen.get(answer.redirect());
        adyen.press(answer.redirect(), "complete");
        assertThat(adyen.effects()).isEmpty();
    }

    @Test
    void whatIsCapturedIsNotGivenUp() {
        var reference = adyen.take(PAYS);
        adyen.gateway.cancel("void-3", reference);
        assertThat(adyen.heard("CANCELLATION").answer()).isInstanceOf(Declined.class);
        assertThat(adyen.effectsOn(reference)).containsExactly("captured 510");
    }

    @Test
    void paysBackInPartsUnderNamesOfTheirOwn() {
        var reference = adyen.take(PAYS);
        var first = (Pending) adyen.gateway.refund("refund-1", reference, Money.of(10, "GBP"));
        assertThat(first.reference()).isNotNull().isNotEqualTo(reference);
        assertThat(adyen.heard("REFUND").answer())
                .isEqualTo(new Refunded(String.valueOf(first.reference()), Money.of(10, "GBP")));
        adyen.gateway.refund("refund-1", reference, Money.of(10, "GBP"));
        adyen.gateway.refund("refund-2", reference, Money.of(501, "GBP"));
        assertThat(adyen.heard("REFUND").answer()).as("more than is left").isInstanceOf(Declined.class);
        assertThat(adyen.effectsOn(reference)).containsExactly("captured 510", "refunded 10");
    }

    @Test
    void theSameKeyIsTheSamePaymentAlsoAfterARestart() throws IOException {
        var payment = payment(PAYS, true);
        var first = adyen.gateway.authorize(payment);
        assertThat(adyen.gateway.authorize(payment)).isEqualTo(first);
        adyen.restartSimulator();
        assertThat(adyen.gateway.authorize(payment)).isEqualTo(first);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void aKeyStandsForOneRequest() {
        var payment = payment(PAYS, true);
        adyen.gateway.authorize(payment);
        var other = new Authorize(
                payment.operationKey(),
                payment.orderId(),
                payment.paymentId(),
                Money.of(511, "GBP"),
                PAYS,
                true,
                payment.returnUrl());
        assertThat(adyen.gateway.authorize(other)).isInstanceOf(NoAnswer.class);
        assertThat(adyen.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void nothingCanBeLookedUp() {
        var payment = payment(PAYS, true);
        adyen.gateway.authorize(payment);
        assertThat(adyen.gateway.answersLookUps()).isFalse();
        assertThat(adyen.gateway.lookUp(
                        new LookUp(payment.operationKey(), payment.paymentId(), payment.amount(), null)))
                .isInstanceOf(NotFound.class);
    }

    @Test
    void cardsThatDoNotExistAreRefusedAndNotRepeated() {
        assertThat(adyen.gateway.authorize(payment("no_such_card", true)))
                .isInstanceOfSatisfying(Declined.class, no -> {
                    assertThat(no.code()).isEqualTo("request_refused");
                    assertThat(no.message()).doesNotContain("no_such_card");
                });
    }

    @Test
    void anAmountThatAdyenCannotSayIsNeverSent() {
        var rupiah = new Authorize(
                "operation-of-fractions", 1, 1, Money.of(150, "IDR"), PAYS, true, URI.create("https://shop.test/back"));
        assertThat(adyen.gateway.authorize(rupiah))
                .isInstanceOfSatisfying(
                        Declined.class, no -> assertThat(no.code()).isEqualTo("amount_not_payable"));
        GatewayAnswer whole = adyen.gateway.authorize(new Authorize(
                "operation-without", 1, 2, Money.of(15_000, "IDR"), PAYS, true, URI.create("https://shop.test/back")));
        assertThat(((Captured) whole).amount()).isEqualTo(Money.of(15_000, "IDR"));
        assertThat(adyen.effects()).containsExactly("captured 150");
        var reference = ((Captured) whole).reference();
        assertThat(adyen.gateway.refund("refund-of-fractions", reference, Money.of(150, "IDR")))
                .isInstanceOfSatisfying(
                        Declined.class, no -> assertThat(no.code()).isEqualTo("amount_not_payable"));
        assertThat(adyen.gateway.capture(
                        new Capture("capture-of-fractions", reference, Money.of(150, "IDR"), 0, false)))
                .isInstanceOfSatisfying(
                        Declined.class, no -> assertThat(no.code()).isEqualTo("amount_not_payable"));
        assertThat(adyen.effects()).containsExactly("captured 150");
    }

    @Test
    void aHoldThatExpiresIsToldOnceAndCannotBeCapturedAnyMore() {
        var reference = adyen.hold(PAYS);
        adyen.control("/_expirations", "{\"payment\": \"" + reference + "\"}");
        assertThat(adyen.heard("EXPIRE").answer()).isEqualTo(new Voided(reference));
        assertThat(adyen.controlled("/_expirations", "{\"payment\": \"" + reference + "\"}")
                        .statusCode())
                .isEqualTo(422);
        adyen.gateway.capture(new Capture("capture-5", reference, FIVE_POUND_TEN, 0, true));
        assertThat(adyen.heard("CAPTURE").answer()).isInstanceOf(Declined.class);
        assertThat(adyen.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void whatWasNotToldIsToldAfterARestart() throws IOException {
        adyen.fault("{\"kind\": \"webhook_late\", \"ms\": 3600000, \"operation\": \"AUTHORISATION\"}");
        var payment = payment(PAYS, true);
        adyen.gateway.authorize(payment);
        adyen.restartSimulator();
        assertThat(adyen.heard("AUTHORISATION").operationKey()).isEqualTo(payment.operationKey());
    }

    @Test
    void aForgedMessageIsNotHeard() {
        adyen.fault("{\"kind\": \"webhook_forged\"}");
        adyen.gateway.authorize(payment(PAYS, true));
        assertThat(adyen.heard("AUTHORISATION").answer())
                .isInstanceOfSatisfying(
                        Authorized.class, said -> assertThat(said.amount()).isEqualTo(FIVE_POUND_TEN));
    }
}
