package kontor.payments.stripe;

import static kontor.payments.stripe.SimulatedStripe.DECLINED;
import static kontor.payments.stripe.SimulatedStripe.FIVE_POUND_TEN;
import static kontor.payments.stripe.SimulatedStripe.INSUFFICIENT_FUNDS;
import static kontor.payments.stripe.SimulatedStripe.THREE_D_SECURE;
import static kontor.payments.stripe.SimulatedStripe.VISA;
import static kontor.payments.stripe.SimulatedStripe.lookUp;
import static kontor.payments.stripe.SimulatedStripe.payment;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import kontor.money.Money;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayAnswer.Authorized;
import kontor.payments.GatewayAnswer.Captured;
import kontor.payments.GatewayAnswer.Declined;
import kontor.payments.GatewayAnswer.NoAnswer;
import kontor.payments.GatewayAnswer.NotFound;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayAnswer.RequiresAction;
import kontor.payments.GatewayAnswer.Voided;
import kontor.payments.GatewayRequest;
import kontor.payments.GatewayRequest.Authorize;
import kontor.payments.GatewayRequest.LookUpRefund;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PayingThroughStripeTest {
    private static final Money ONE_POUND = Money.of(100, "GBP");

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
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Captured.class,
                        captured -> assertThat(captured.amount()).isEqualTo(FIVE_POUND_TEN));
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void holdsTheMoneyThenTakesIt() {
        var reference = stripe.hold();
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510");
        assertThat(stripe.gateway.capture(
                        new GatewayRequest.Capture("capture-" + reference, reference, FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Captured(reference, FIVE_POUND_TEN));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void takesAPartOfWhatIsHeld() {
        var reference = stripe.hold();
        assertThat(stripe.gateway.capture(
                        new GatewayRequest.Capture("capture-" + reference, reference, ONE_POUND, 0, true)))
                .isEqualTo(new Captured(reference, ONE_POUND));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 100");
    }

    @Test
    void declinesToTakeMoreThanIsHeld() {
        var reference = stripe.hold();
        assertThat(stripe.gateway.capture(
                        new GatewayRequest.Capture("capture-" + reference, reference, Money.of(511, "GBP"), 0, true)))
                .isInstanceOf(Declined.class);
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510");
    }

    @Test
    void letsGoOfWhatIsHeld() {
        var reference = stripe.hold();
        assertThat(stripe.gateway.cancel("void-" + reference, reference)).isEqualTo(new Voided(reference));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void saysVoidedAgainWhenItAlreadyIs() {
        var reference = stripe.hold();
        stripe.gateway.cancel("void-" + reference, reference);
        assertThat(stripe.gateway.cancel("void-again-" + reference, reference)).isEqualTo(new Voided(reference));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void saysCapturedWhenItIsTooLateToLetGo() {
        var reference = stripe.take();
        assertThat(stripe.gateway.cancel("void-" + reference, reference))
                .isEqualTo(new Captured(reference, FIVE_POUND_TEN));
        assertThat(stripe.effectsOn(reference)).containsExactly("captured 510");
    }

    @Test
    void saysVoidedWhenThereIsNothingLeftToTake() {
        var reference = stripe.hold();
        stripe.gateway.cancel("void-" + reference, reference);
        assertThat(stripe.gateway.capture(
                        new GatewayRequest.Capture("capture-" + reference, reference, FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Voided(reference));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "voided 510");
    }

    @Test
    void saysCapturedWhenAnotherOperationHasTakenItAll() {
        var reference = stripe.hold();
        stripe.gateway.capture(new GatewayRequest.Capture("capture-" + reference, reference, FIVE_POUND_TEN, 0, true));
        assertThat(stripe.gateway.capture(
                        new GatewayRequest.Capture("capture-again-" + reference, reference, FIVE_POUND_TEN, 0, true)))
                .isEqualTo(new Captured(reference, FIVE_POUND_TEN));
        assertThat(stripe.effectsOn(reference)).containsExactly("authorized 510", "captured 510");
    }

    @Test
    void tellsThatACardWasDeclined() {
        var payment = payment(DECLINED, true);
        assertThat(stripe.gateway.authorize(payment)).isInstanceOfSatisfying(Declined.class, declined -> {
            assertThat(declined.code()).isEqualTo("generic_decline");
            assertThat(declined.message()).isEqualTo("Your card was declined.");
            assertThat(declined.reference()).startsWith("pi_");
        });
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void aDeclinedPaymentCannotBePaidAnyMore() {
        var payment = payment(INSUFFICIENT_FUNDS, true);
        var reference = ((Declined) stripe.gateway.authorize(payment)).reference();
        assertThat(stripe.standOf(payment)).isEqualTo(reference + " canceled");
        var again = stripe.confirm(String.valueOf(reference));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("payment_intent_unexpected_state");
        assertThat(stripe.effectsOf(payment)).isEmpty();
        assertThat(stripe.gateway.lookUp(lookUp(payment, reference)))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("insufficient_funds"));
        assertThat(stripe.gateway.lookUp(lookUp(payment, null))).isInstanceOf(Declined.class);
    }

    @Test
    void aPaymentWhoseBuyerFailedToAuthenticateCannotBePaidAnyMoreOnceThatIsTold() {
        var payment = payment(THREE_D_SECURE, true);
        var action = requiredAction(payment);
        stripe.press(action.redirect(), "fail");
        assertThat(stripe.standOf(payment)).isEqualTo(action.reference() + " requires_payment_method");
        assertThat(stripe.gateway.lookUp(lookUp(payment, action.reference()))).isInstanceOf(Declined.class);
        assertThat(stripe.confirm(action.reference()).statusCode()).isEqualTo(400);
        assertThat(stripe.gateway.lookUp(lookUp(payment, action.reference())))
                .isInstanceOfSatisfying(
                        Declined.class,
                        declined -> assertThat(declined.code()).isEqualTo("payment_intent_authentication_failure"));
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void saysVoidedOfAHoldThatWasGivenUp() {
        var payment = payment(VISA, false);
        var held = (Authorized) stripe.gateway.authorize(payment);
        stripe.gateway.cancel("void-" + held.reference(), held.reference());
        assertThat(stripe.gateway.lookUp(lookUp(payment, held.reference()))).isEqualTo(new Voided(held.reference()));
    }

    @Test
    void givesUpAPaymentWhoseBuyerFailedToAuthenticate() {
        var action = requiredAction(payment(THREE_D_SECURE, true));
        stripe.press(action.redirect(), "fail");
        assertThat(stripe.gateway.cancel("void-" + action.reference(), action.reference()))
                .isEqualTo(new Voided(action.reference()));
        assertThat(stripe.gateway.cancel("void-again-" + action.reference(), action.reference()))
                .isEqualTo(new Voided(action.reference()));
    }

    @Test
    void tellsThatFundsAreInsufficient() {
        var payment = payment(INSUFFICIENT_FUNDS, false);
        assertThat(stripe.gateway.authorize(payment))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("insufficient_funds"));
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void declinesATokenThatDoesNotExist() {
        var payment = payment("pm_nobodys", true);
        assertThat(stripe.gateway.authorize(payment))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("resource_missing"));
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void declinesAnAmountBelowWhatStripeTakes() {
        var asked = payment(VISA, true);
        var payment = new Authorize(
                asked.operationKey(), asked.orderId(), asked.paymentId(), Money.of(29, "GBP"), VISA, true, null);
        assertThat(stripe.gateway.authorize(payment))
                .isInstanceOfSatisfying(
                        Declined.class, declined -> assertThat(declined.code()).isEqualTo("amount_too_small"));
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void countsIcelandicKronurAsStripeDoes() {
        var asked = payment(VISA, true);
        var fiveHundred = Money.of(500, "ISK");
        var payment =
                new Authorize(asked.operationKey(), asked.orderId(), asked.paymentId(), fiveHundred, VISA, true, null);
        assertThat(stripe.gateway.authorize(payment))
                .isInstanceOfSatisfying(
                        Captured.class,
                        captured -> assertThat(captured.amount()).isEqualTo(fiveHundred));
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 50000");
    }

    @Test
    void takesTheMoneyOnceTheBuyerHasAuthenticated() {
        var payment = payment(THREE_D_SECURE, true);
        var action = requiredAction(payment);
        assertThat(stripe.effectsOf(payment)).isEmpty();
        assertThat(stripe.get(action.redirect()).body())
                .contains("Complete authentication", "Fail authentication", "Test page");

        var back = stripe.press(action.redirect(), "complete");

        assertThat(back.statusCode()).isEqualTo(303);
        assertThat(back.headers().firstValue("Location"))
                .hasValueSatisfying(location ->
                        assertThat(location).startsWith("https://shop.test/back?payment_intent=" + action.reference()));
        assertThat(stripe.gateway.lookUp(lookUp(payment, action.reference())))
                .isEqualTo(new Captured(action.reference(), FIVE_POUND_TEN));
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void holdsTheMoneyOnceTheBuyerHasAuthenticated() {
        var payment = payment(THREE_D_SECURE, false);
        var action = requiredAction(payment);
        stripe.press(action.redirect(), "complete");
        assertThat(stripe.gateway.lookUp(lookUp(payment, action.reference())))
                .isEqualTo(new Authorized(action.reference(), FIVE_POUND_TEN));
        assertThat(stripe.effectsOf(payment)).containsExactly("authorized 510");
    }

    @Test
    void takesNothingWhenTheBuyerFailsToAuthenticate() {
        var payment = payment(THREE_D_SECURE, true);
        var action = requiredAction(payment);
        stripe.press(action.redirect(), "fail");
        assertThat(stripe.gateway.lookUp(lookUp(payment, action.reference())))
                .isInstanceOfSatisfying(
                        Declined.class,
                        declined -> assertThat(declined.code()).isEqualTo("payment_intent_authentication_failure"));
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void takesTheMoneyOnceWhenTheButtonIsPressedTwice() {
        var payment = payment(THREE_D_SECURE, true);
        var action = requiredAction(payment);
        stripe.press(action.redirect(), "complete");
        var second = stripe.press(action.redirect(), "fail");
        assertThat(second.statusCode()).isEqualTo(303);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void takesNothingWhenTheBankDeclinesAfterAuthentication() {
        var payment = payment("pm_card_threeDSecureRequiredChargeDeclined", true);
        var action = requiredAction(payment);
        stripe.press(action.redirect(), "complete");
        assertThat(stripe.gateway.lookUp(lookUp(payment, action.reference()))).isInstanceOf(Declined.class);
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void endsAnAuthenticationThatIsNotWaitedForAnyMore() {
        var payment = payment(THREE_D_SECURE, true);
        var action = requiredAction(payment);
        assertThat(stripe.gateway.cancel("void-" + action.reference(), action.reference()))
                .isEqualTo(new Voided(action.reference()));
        stripe.press(action.redirect(), "complete");
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void keepsStrangersFromAuthenticating() {
        var payment = payment(THREE_D_SECURE, true);
        var page = requiredAction(payment).redirect();
        var guessed = URI.create(page.toString().replaceAll("secret=.*", "secret=guessed"));
        assertThat(stripe.press(guessed, "complete").statusCode()).isEqualTo(404);
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void cannotAuthenticateABuyerWhoHasNowhereToComeBackTo() {
        var asked = payment(THREE_D_SECURE, true);
        var payment = new Authorize(
                asked.operationKey(), asked.orderId(), asked.paymentId(), asked.amount(), THREE_D_SECURE, true, null);
        var answer = stripe.gateway.authorize(payment);
        assertThat(answer).isInstanceOf(Declined.class);
        assertThat(((Declined) answer).code()).isEqualTo("authentication_required");
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void chargesOnceWhenAskedTwiceWithTheSameKey() {
        var payment = payment(VISA, true);
        var first = stripe.gateway.authorize(payment);
        var second = stripe.gateway.authorize(payment);
        assertThat(first).isInstanceOf(Captured.class);
        assertThat(second).isEqualTo(first);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void declinesAgainWhenAskedAgainWithTheSameKey() {
        var payment = payment(DECLINED, true);
        assertThat(stripe.gateway.authorize(payment)).isEqualTo(stripe.gateway.authorize(payment));
    }

    @Test
    void doesNotKnowWhenAKeyCameWithSomethingElseBefore() {
        var payment = payment(VISA, true);
        stripe.gateway.authorize(payment);
        var other = new Authorize(
                payment.operationKey(),
                payment.orderId(),
                payment.paymentId(),
                Money.of(520, "GBP"),
                VISA,
                true,
                payment.returnUrl());
        assertThat(stripe.gateway.authorize(other)).isInstanceOf(NoAnswer.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void doesNotKnowWhileTheFirstCallWithTheKeyIsUnderWay() throws InterruptedException {
        stripe.fault("{\"kind\": \"hang\", \"when\": \"before\", \"ms\": 2000, \"operation\": \"create\"}");
        var payment = payment(VISA, true);
        var first = new GatewayAnswer[1];
        var slow = Thread.startVirtualThread(() -> first[0] = stripe.gateway.authorize(payment));
        while (stripe.faultsLeft() > 0) Thread.sleep(1); // the first has arrived and hangs
        var second = stripe.gateway.authorize(payment);
        slow.join();
        assertThat(second).isInstanceOf(NoAnswer.class);
        assertThat(first[0]).isInstanceOf(Captured.class);
        assertThat(stripe.effectsOf(payment)).containsExactly("captured 510");
    }

    @Test
    void doesNotKnowWhenTheSecretKeyIsWrong() throws IOException {
        var payment = payment(VISA, true);
        try (var stranger = stripe.gateway("sk_test_revoked")) {
            assertThat(stranger.authorize(payment)).isInstanceOf(NoAnswer.class);
        }
        assertThat(stripe.effectsOf(payment)).isEmpty();
    }

    @Test
    void paysBackAPartAndThenTheRest() {
        var reference = stripe.take();
        assertThat(stripe.gateway.refund("refund-1-" + reference, reference, ONE_POUND))
                .isInstanceOfSatisfying(Refunded.class, refunded -> {
                    assertThat(refunded.amount()).isEqualTo(ONE_POUND);
                    assertThat(refunded.reference()).startsWith("re_");
                });
        assertThat(stripe.gateway.refund("refund-2-" + reference, reference, Money.of(410, "GBP")))
                .isInstanceOf(Refunded.class);
        assertThat(stripe.effectsOn(reference)).containsExactly("captured 510", "refunded 100", "refunded 410");
    }

    @Test
    void paysBackOnceWhenAskedTwiceWithTheSameKey() {
        var reference = stripe.take();
        var first = stripe.gateway.refund("refund-" + reference, reference, ONE_POUND);
        assertThat(stripe.gateway.refund("refund-" + reference, reference, ONE_POUND))
                .isEqualTo(first);
        assertThat(stripe.effectsOn(reference)).containsExactly("captured 510", "refunded 100");
    }

    @Test
    void declinesToPayBackMoreThanWasTaken() {
        var reference = stripe.take();
        assertThat(stripe.gateway.refund("refund-" + reference, reference, Money.of(511, "GBP")))
                .isInstanceOf(Declined.class);
        assertThat(stripe.effectsOn(reference)).containsExactly("captured 510");
    }

    @Test
    void doesNotKnowWhoPaidBackWhatIsAlreadyPaidBack() {
        var reference = stripe.take();
        stripe.gateway.refund("refund-" + reference, reference, FIVE_POUND_TEN);
        assertThat(stripe.gateway.refund("refund-again-" + reference, reference, FIVE_POUND_TEN))
                .isInstanceOf(NoAnswer.class);
        assertThat(stripe.effectsOn(reference)).containsExactly("captured 510", "refunded 510");
    }

    @Test
    void findsAPaymentByItsOperation() {
        var payment = payment(VISA, true);
        var answer = stripe.gateway.authorize(payment);
        assertThat(stripe.gateway.lookUp(lookUp(payment, null))).isEqualTo(answer);
    }

    @Test
    void doesNotFindWhatWasNeverAsked() {
        assertThat(stripe.gateway.lookUp(lookUp(payment(VISA, true), null))).isEqualTo(new NotFound());
    }

    @Test
    void doesNotBelieveThatAPaymentItWasToldOfIsGone() {
        assertThat(stripe.gateway.lookUp(lookUp(payment(VISA, true), "pi_of_another_account")))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void doesNotTakeAnotherPaymentForTheOneItLooksFor() {
        var reference = stripe.take();
        assertThat(stripe.gateway.lookUp(lookUp(payment(VISA, true), reference)))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void findsARefundByItsOperation() {
        var reference = stripe.take();
        stripe.gateway.refund("refund-other-" + reference, reference, ONE_POUND);
        var key = "refund-" + reference;
        var answer = stripe.gateway.refund(key, reference, ONE_POUND);
        assertThat(stripe.gateway.lookUpRefund(new LookUpRefund(key, reference, ONE_POUND, null)))
                .isEqualTo(answer);
        assertThat(stripe.gateway.lookUpRefund(
                        new LookUpRefund(key, reference, ONE_POUND, ((Refunded) answer).reference())))
                .isEqualTo(answer);
        assertThat(stripe.gateway.lookUpRefund(new LookUpRefund("refund-never", reference, ONE_POUND, null)))
                .isEqualTo(new NotFound());
    }

    private RequiresAction requiredAction(Authorize payment) {
        var answer = stripe.gateway.authorize(payment);
        if (answer instanceof RequiresAction action) return action;
        throw new AssertionError(answer);
    }
}
