package kontor.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Captures in parts, fees, payouts and disputes. 510 pence cost 8 + 20 in fees. */
class MovingTheBalanceTest {
    @TempDir
    Path data;

    private Simulator simulator;
    private Visitor visitor;

    @BeforeEach
    void start() throws IOException {
        start(SimulatorOptions.defaults());
    }

    private void start(SimulatorOptions options) throws IOException {
        simulator = Simulator.start(options.onPort(0).in(data));
        visitor = new Visitor(simulator);
    }

    @AfterEach
    void stop() throws IOException {
        visitor.close();
        simulator.close();
    }

    private void restart(SimulatorOptions options) throws IOException {
        stop();
        start(options);
    }

    private JsonNode post(String path, String form) {
        return Visitor.json(visitor.post(path, form));
    }

    private String hold(String more) {
        return post(
                        "/v1/payment_intents",
                        "amount=510&currency=gbp&confirm=true&capture_method=manual&payment_method=pm_card_visa" + more)
                .get("id")
                .asString();
    }

    private HttpResponse<String> capture(String intent, String form) {
        return visitor.post("/v1/payment_intents/" + intent + "/capture", form);
    }

    private HttpResponse<String> control(String path, String json) {
        return visitor.send("POST", path, json, "Content-Type", "application/json");
    }

    private String dispute(String intent, String more) {
        var answer = control("/_disputes", "{\"payment_intent\": \"%s\"%s}".formatted(intent, more));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Visitor.json(answer).get("id").asString();
    }

    private List<String> movements(String query) {
        return Visitor.json(visitor.get("/v1/balance_transactions" + query))
                .get("data")
                .valueStream()
                .map(one -> one.get("reporting_category").asString() + " "
                        + one.get("amount").asLong() + " "
                        + one.get("fee").asLong())
                .toList();
    }

    private List<String> effects() {
        return visitor.book()
                .valueStream()
                .map(effect -> effect.get("kind").asString() + " "
                        + effect.get("amount").asLong())
                .toList();
    }

    @Test
    void capturesInPartsUntilTheLast() {
        var intent = hold("&payment_method_options[card][request_multicapture]=if_available");
        var first = Visitor.json(capture(intent, "amount_to_capture=100&final_capture=false"));
        assertThat(first.get("status").asString()).isEqualTo("requires_capture");
        assertThat(first.get("amount_received").asLong()).isEqualTo(100);
        assertThat(first.get("amount_capturable").asLong()).isEqualTo(410);
        assertThat(capture(intent, "amount_to_capture=411&final_capture=false").statusCode())
                .isEqualTo(400);
        var last = Visitor.json(capture(intent, "amount_to_capture=200"));
        assertThat(last.get("status").asString()).isEqualTo("succeeded");
        assertThat(last.get("amount_received").asLong()).isEqualTo(300);
        assertThat(last.get("amount_capturable").asLong()).isZero();
        assertThat(capture(intent, "amount_to_capture=100").statusCode()).isEqualTo(400);
        assertThat(effects()).containsExactly("authorized 510", "captured 100", "captured 200");
        assertThat(movements("")).containsExactly("charge 200 23", "charge 100 22");
    }

    @Test
    void endsWithTheCaptureThatTakesTheRest() {
        var intent = hold("&payment_method_options[card][request_multicapture]=if_available");
        capture(intent, "amount_to_capture=100&final_capture=false");
        assertThat(Visitor.json(capture(intent, "amount_to_capture=410&final_capture=false"))
                        .get("status")
                        .asString())
                .isEqualTo("succeeded");
    }

    @Test
    void capturesOnceWhenNothingElseWasAgreed() {
        var intent = hold("");
        var refused = capture(intent, "amount_to_capture=100&final_capture=false");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Visitor.json(refused).at("/error/param").asString()).isEqualTo("final_capture");
        assertThat(effects()).containsExactly("authorized 510");
        assertThat(Visitor.json(capture(intent, "amount_to_capture=100"))
                        .get("status")
                        .asString())
                .isEqualTo("succeeded");
    }

    @Test
    void goesOnCapturingInPartsAfterARestart() throws IOException {
        var intent = hold("&payment_method_options[card][request_multicapture]=if_available");
        capture(intent, "amount_to_capture=100&final_capture=false");
        restart(SimulatorOptions.defaults());
        assertThat(Visitor.json(capture(intent, "amount_to_capture=100&final_capture=false"))
                        .get("amount_received")
                        .asLong())
                .isEqualTo(200);
    }

    @Test
    void releasesTheRestAndKeepsWhatWasCaptured() {
        var intent = hold("&payment_method_options[card][request_multicapture]=if_available");
        capture(intent, "amount_to_capture=100&final_capture=false");
        var canceled = post("/v1/payment_intents/" + intent + "/cancel", "");
        assertThat(canceled.get("status").asString()).isEqualTo("canceled");
        assertThat(canceled.get("amount_received").asLong()).isEqualTo(100);
        assertThat(effects()).containsExactly("authorized 510", "captured 100", "voided 410");
        assertThat(visitor.post("/v1/refunds", "payment_intent=" + intent + "&amount=101")
                        .statusCode())
                .isEqualTo(400);
        assertThat(visitor.post("/v1/refunds", "payment_intent=" + intent + "&amount=100")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void keepsAFeeOfWhatItCapturesAndNoneOfWhatItPaysBack() {
        var intent = visitor.pay("one").get("id").asString();
        visitor.post("/v1/refunds", "payment_intent=" + intent + "&amount=110");
        assertThat(movements("")).containsExactly("refund -110 0", "charge 510 28");
        assertThat(movements("?type=charge")).containsExactly("charge 510 28");
        var net = Visitor.json(visitor.get("/v1/balance_transactions"))
                .get("data")
                .valueStream();
        assertThat(net.mapToLong(one -> one.get("net").asLong()).sum()).isEqualTo(372);
    }

    @ParameterizedTest
    @CsvSource({"100, 0, 0, 0", "100, 150, 20, 22", "33, 150, 0, 0", "34, 150, 0, 1", "10, 0, 20, 10"})
    void findsTheFeeInTheAmountAlone(long amount, int basisPoints, long fixed, long fee) {
        assertThat(new Fees(basisPoints, fixed, 0).ofCharge(amount)).isEqualTo(fee);
    }

    @Test
    void showsWhatMovedTheBalance() {
        var intent = visitor.pay("one").get("id").asString();
        visitor.post("/v1/refunds", "payment_intent=" + intent + "&amount=110&metadata[a]=b");
        dispute(intent, "");
        control("/_payouts", "");
        visitor.pay("two");
        control("/_payouts", "");
        var sources = Visitor.json(visitor.get("/v1/balance_transactions?expand%5B%5D=data.source"))
                .get("data")
                .valueStream()
                .map(one -> one.at("/source/object").asString())
                .toList();
        assertThat(sources).containsExactly("charge", "dispute", "refund", "charge");
        var plain = Visitor.json(visitor.get("/v1/balance_transactions?limit=1"))
                .get("data")
                .get(0);
        assertThat(plain.get("source").asString()).startsWith("ch_");
        var alone = Visitor.json(
                visitor.get("/v1/balance_transactions/" + plain.get("id").asString() + "?expand%5B0%5D=source"));
        assertThat(alone.at("/source/payment_intent").asString()).startsWith("pi_");
        assertThat(visitor.get("/v1/balance_transactions/txn_none").statusCode())
                .isEqualTo(404);
    }

    @Test
    void listsWhatIsNextToTheGivenOneOnEitherSide() {
        for (var i = 1; i <= 5; i++) {
            post("/v1/payment_intents", "amount=" + i + "00&currency=gbp&confirm=true&payment_method=pm_card_visa");
        }
        assertThat(movements("?limit=2")).containsExactly("charge 500 28", "charge 400 26");
        var oldest = idOf("?type=charge&limit=100", 4);
        var newest = idOf("?limit=1", 0);
        assertThat(movements("?limit=2&ending_before=" + oldest)).containsExactly("charge 300 25", "charge 200 23");
        assertThat(movements("?limit=2&starting_after=" + newest)).containsExactly("charge 400 26", "charge 300 25");
        assertThat(hasMore("?limit=2&ending_before=" + oldest)).isTrue();
        assertThat(hasMore("?limit=4&ending_before=" + oldest)).isFalse();
        assertThat(movements("?ending_before=" + newest)).isEmpty();
        assertThat(visitor.get("/v1/balance_transactions?ending_before=txn_none")
                        .statusCode())
                .isEqualTo(400);
        assertThat(visitor.get("/v1/balance_transactions?ending_before=%s&starting_after=%s".formatted(newest, oldest))
                        .statusCode())
                .isEqualTo(400);
    }

    private String idOf(String query, int index) {
        return Visitor.json(visitor.get("/v1/balance_transactions" + query))
                .get("data")
                .get(index)
                .get("id")
                .asString();
    }

    private boolean hasMore(String query) {
        return Visitor.json(visitor.get("/v1/balance_transactions" + query))
                .get("has_more")
                .asBoolean();
    }

    @Test
    void paysOutWhatIsThereInEachCurrency() {
        visitor.pay("one");
        post("/v1/payment_intents", "amount=1000&currency=eur&confirm=true&payment_method=pm_card_visa");
        var payouts = Visitor.json(control("/_payouts", "")).get("payouts");
        assertThat(payouts.valueStream()
                        .map(payout -> payout.get("amount").asLong() + " "
                                + payout.get("currency").asString()))
                .containsExactly("965 eur", "482 gbp");
        assertThat(Visitor.json(control("/_payouts", "{}")).get("payouts")).isEmpty();
        visitor.pay("two");
        var second = Visitor.json(control("/_payouts", ""))
                .get("payouts")
                .get(0)
                .get("id")
                .asString();
        assertThat(movements("?payout=" + second)).containsExactly("payout -482 0", "charge 510 28");
        assertThat(movements("?payout=" + payouts.get(0).get("id").asString()))
                .containsExactly("payout -965 0", "charge 1000 35");
        assertThat(Visitor.json(visitor.get("/v1/payouts")).get("data")).hasSize(3);
        assertThat(Visitor.json(visitor.get("/v1/payouts/" + second))
                        .get("status")
                        .asString())
                .isEqualTo("paid");
    }

    @Test
    void paysOutNothingWhenMoreWasPaidBackThanCameIn() {
        var intent = visitor.pay("one").get("id").asString();
        visitor.post("/v1/refunds", "payment_intent=" + intent);
        assertThat(Visitor.json(control("/_payouts", "")).get("payouts")).isEmpty();
        assertThat(effects()).containsExactly("captured 510", "refunded 510");
    }

    @Test
    @Timeout(60)
    void paysOutByItselfWhenAskedTo() throws Exception {
        restart(SimulatorOptions.defaults().payingOutEvery(Duration.ofMillis(50)));
        visitor.pay("one");
        while (Visitor.json(visitor.get("/v1/payouts")).get("data").isEmpty()) Thread.sleep(10);
        assertThat(movements("?type=payout")).containsExactly("payout -482 0");
    }

    @Test
    void withdrawsADisputedAmountAndGivesItBackWhenItIsWon() {
        var intent = visitor.pay("one").get("id").asString();
        var id = dispute(intent, ", \"amount\": 200, \"reason\": \"product_not_received\"");
        assertThat(visitor.post("/v1/refunds", "payment_intent=" + intent).statusCode())
                .isEqualTo(400);
        assertThat(control("/_disputes", "{\"payment_intent\": \"%s\"}".formatted(intent))
                        .statusCode())
                .isEqualTo(400);
        var open = Visitor.json(visitor.get("/v1/disputes/" + id));
        assertThat(open.get("status").asString()).isEqualTo("needs_response");
        assertThat(open.get("reason").asString()).isEqualTo("product_not_received");
        assertThat(open.get("balance_transactions")).hasSize(1);
        var won = Visitor.json(control("/_disputes/" + id, "{\"outcome\": \"won\"}"));
        assertThat(won.get("status").asString()).isEqualTo("won");
        assertThat(movements("")).containsExactly("dispute_reversal 200 0", "dispute -200 2000", "charge 510 28");
        assertThat(effects()).containsExactly("captured 510", "disputed 200", "reinstated 200");
        assertThat(control("/_disputes/" + id, "{\"outcome\": \"lost\"}").statusCode())
                .isEqualTo(400);
        assertThat(visitor.post("/v1/refunds", "payment_intent=" + intent).statusCode())
                .isEqualTo(200);
    }

    @Test
    void keepsTheAmountOfALostDispute() {
        var intent = visitor.pay("one").get("id").asString();
        var id = dispute(intent, "");
        assertThat(Visitor.json(control("/_disputes/" + id, "{\"outcome\": \"lost\"}"))
                        .get("status")
                        .asString())
                .isEqualTo("lost");
        assertThat(effects()).containsExactly("captured 510", "disputed 510");
        assertThat(Visitor.json(visitor.post("/v1/refunds", "payment_intent=" + intent))
                        .at("/error/code")
                        .asString())
                .isEqualTo("charge_disputed");
    }

    @ParameterizedTest
    @CsvSource({"createDispute, fraudulent", "createDisputeProductNotReceived, product_not_received"})
    void disputesWhatSomeTestCardsPay(String card, String reason) {
        var intent = post("/v1/payment_intents", "amount=510&currency=gbp&confirm=true&payment_method=pm_card_" + card);
        assertThat(intent.get("status").asString()).isEqualTo("succeeded");
        var disputes = Visitor.json(
                visitor.get("/v1/disputes?payment_intent=" + intent.get("id").asString()));
        assertThat(disputes.get("data")).hasSize(1);
        assertThat(disputes.at("/data/0/reason").asString()).isEqualTo(reason);
        assertThat(effects()).containsExactly("captured 510", "disputed 510");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/_disputes | {} | 400",
                "/_disputes | {\"payment_intent\": \"pi_none\"} | 404",
                "/_disputes | [] | 422",
                "/_disputes | nonsense | 400",
                "/_disputes/du_none | {\"outcome\": \"won\"} | 404",
                "/_disputes/du_none | {\"outcome\": \"drawn\"} | 400",
            })
    void refusesADisputeThatCannotBe(String path, String json, int status) {
        assertThat(control(path, json).statusCode()).isEqualTo(status);
        assertThat(effects()).isEmpty();
    }

    @Test
    void disputesNoMoreThanWasCaptured() {
        var intent = visitor.pay("one").get("id").asString();
        assertThat(control("/_disputes", "{\"payment_intent\": \"%s\", \"amount\": 511}".formatted(intent))
                        .statusCode())
                .isEqualTo(400);
        assertThat(control("/_disputes", "{\"payment_intent\": \"%s\", \"reason\": \"boredom\"}".formatted(intent))
                        .statusCode())
                .isEqualTo(400);
        assertThat(effects()).containsExactly("captured 510");
    }

    @Test
    void knowsAllOfItAfterARestart() throws IOException {
        var one = visitor.pay("one").get("id").asString();
        control("/_payouts", "");
        var won = dispute(one, ", \"amount\": 10");
        control("/_disputes/" + won, "{\"outcome\": \"won\"}");
        var two = visitor.pay("two").get("id").asString();
        dispute(two, "");
        var before = everything();
        restart(SimulatorOptions.defaults());
        assertThat(everything()).isEqualTo(before);
        assertThat(visitor.post("/v1/refunds", "payment_intent=" + two).statusCode())
                .isEqualTo(400); // still disputed
        assertThat(visitor.post("/v1/refunds", "payment_intent=" + one).statusCode())
                .isEqualTo(200);
    }

    private List<String> everything() {
        return List.of(
                visitor.get("/v1/balance_transactions?expand%5B%5D=data.source").body(),
                visitor.get("/v1/payouts").body(),
                visitor.get("/v1/disputes").body(),
                visitor.get("/v1/events?limit=100").body(),
                visitor.book().toString());
    }

    @Test
    void keepsItsEventsForWhoeverAsks() {
        var intent = visitor.pay("one");
        visitor.post(
                "/v1/refunds",
                "payment_intent=" + intent.get("id").asString() + "&amount=10",
                "Idempotency-Key",
                "two");
        var events = Visitor.json(visitor.get("/v1/events")).get("data");
        assertThat(events.valueStream().map(event -> event.get("type").asString()))
                .containsExactly("charge.refunded", "refund.created", "payment_intent.succeeded");
        assertThat(events.get(0).at("/request/idempotency_key").asString()).isEqualTo("two");
        assertThat(events.get(2).at("/data/object")).isEqualTo(intent);
        var oldest = events.get(2).get("id").asString();
        assertThat(Visitor.json(visitor.get("/v1/events/" + oldest))).isEqualTo(events.get(2));
        assertThat(visitor.get("/v1/events/evt_none").statusCode()).isEqualTo(404);
        var created = events.get(2).get("created").asLong();
        assertThat(types("?type=refund.created")).containsExactly("refund.created");
        assertThat(types("?type=payment_intent.*")).containsExactly("payment_intent.succeeded");
        assertThat(types("?limit=1&ending_before=" + oldest)).containsExactly("refund.created");
        assertThat(types("?created[lt]=" + created)).isEmpty();
        assertThat(types("?created[gte]=" + created)).hasSize(3);
    }

    private List<String> types(String query) {
        return Visitor.json(visitor.get("/v1/events" + query.replace("[", "%5B").replace("]", "%5D")))
                .get("data")
                .valueStream()
                .map(event -> event.get("type").asString())
                .toList();
    }
}
