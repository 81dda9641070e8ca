package kontor.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpeakingLikeStripeTest {
    private static final String PAY = "amount=510&currency=gbp&confirm=true&payment_method=pm_card_visa";

    private Simulator simulator;
    private Visitor visitor;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        simulator = Simulator.start(SimulatorOptions.defaults().onPort(0).in(data));
        visitor = new Visitor(simulator);
    }

    @AfterEach
    void mend() {
        visitor.send("DELETE", "/_faults", "");
    }

    @AfterAll
    void stop() throws IOException {
        visitor.close();
        simulator.close();
    }

    private static String codeOf(HttpResponse<String> answer) {
        return Visitor.json(answer).get("error").path("code").asString("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "currency=gbp | parameter_missing",
                "amount=510 | parameter_missing",
                "amount=510&currency=gbp&confirm=true | parameter_missing",
                "amount=0&currency=gbp | parameter_invalid_integer",
                "amount=-5&currency=gbp | parameter_invalid_integer",
                "amount=5.10&currency=gbp | parameter_invalid_integer",
                "amount=1e3&currency=gbp | parameter_invalid_integer",
                "amount=99999999999999999999&currency=gbp | parameter_invalid_integer",
                "amount=100000000&currency=gbp | amount_too_large",
                "amount=29&currency=gbp | amount_too_small",
                "amount=510&currency=zzz | ''",
                "amount=510&currency=gbp&payment_method=pm_nobodys | resource_missing",
                "amount=510&currency=gbp&payment_method=4242424242424242 | resource_missing",
                "amount=510&currency=gbp&capture_method=later | ''",
                "amount=510&currency=gbp&confirm=perhaps | parameter_invalid_boolean",
                "amount=510&currency=gbp&return_url=javascript:alert(1) | url_invalid",
                "amount=510&currency=gbp&total=1 | parameter_unknown",
                "amount=510&currency=gbp&metadata[]=1 | ''",
                "amount=%ZZ&currency=gbp | ''",
            })
    void refusesWhatItCannotTake(String form, String code) {
        var before = visitor.book().size();
        var answer = visitor.post("/v1/payment_intents", form, "Idempotency-Key", "refused " + form.hashCode());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(codeOf(answer)).isEqualTo(code);
        assertThat(answer.body()).doesNotContain("4242424242424242");
        assertThat(visitor.book()).hasSize(before);
    }

    @Test
    void doesNotKeepARefusalUnderItsKey() {
        visitor.post("/v1/payment_intents", "amount=29&currency=gbp", "Idempotency-Key", "corrected");
        assertThat(visitor.pay("corrected").get("status").asString()).isEqualTo("succeeded");
    }

    @Test
    void wantsASecretKeyForTests() {
        assertThat(visitor.send("POST", "/v1/payment_intents", PAY).statusCode())
                .isEqualTo(401);
        for (var authorization :
                new String[] {"Bearer sk_live_x", "Bearer", "Basic !", "Digest x", "Bearer pk_test_x"}) {
            assertThat(visitor.send("POST", "/v1/payment_intents", PAY, "Authorization", authorization)
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(visitor.send("GET", "/v1/payment_intents", "", "Authorization", "Basic c2tfdGVzdF94Og==")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/", "/v1/charges", "/v1/payment_intents/pi_1/explode", "/v1/payment_intents/a/b/c/d"})
    void doesNotKnowOtherAddresses(String path) {
        var answer = visitor.post(path, "");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Visitor.json(answer).get("error").get("type").asString()).isEqualTo("invalid_request_error");
    }

    @Test
    void doesNotKnowPaymentsThatDoNotExist() {
        assertThat(visitor.get("/v1/payment_intents/pi_none").statusCode()).isEqualTo(404);
        assertThat(visitor.post("/v1/payment_intents/pi_none/capture", "").statusCode())
                .isEqualTo(404);
        assertThat(visitor.get("/v1/refunds/re_none").statusCode()).isEqualTo(404);
        assertThat(visitor.post("/v1/refunds", "payment_intent=pi_none").statusCode())
                .isEqualTo(404);
    }

    @Test
    void refusesARequestThatIsTooLong() {
        assertThat(visitor.post("/v1/payment_intents", PAY + "&description=" + "x".repeat(70_000))
                        .statusCode())
                .isEqualTo(413);
        assertThat(visitor.pay("after a long one").get("status").asString()).isEqualTo("succeeded");
    }

    @Test
    void doesNotMindTheOrderOfParametersUnderOneKey() {
        var first =
                visitor.post("/v1/payment_intents", PAY + "&metadata[a]=1&metadata[b]=2", "Idempotency-Key", "order");
        var second =
                visitor.post("/v1/payment_intents", "metadata[b]=2&metadata[a]=1&" + PAY, "Idempotency-Key", "order");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void mindsWhereAKeyWasUsedBefore() {
        var id = visitor.pay("everywhere").get("id").asString();
        var answer = visitor.post("/v1/refunds", "payment_intent=" + id, "Idempotency-Key", "everywhere");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Visitor.json(answer).get("error").get("type").asString()).isEqualTo("idempotency_error");
    }

    @Test
    void confirmsLaterAndWithAnotherCardAfterARefusal() {
        var created = Visitor.json(visitor.post("/v1/payment_intents", "amount=510&currency=gbp"));
        assertThat(created.get("status").asString()).isEqualTo("requires_payment_method");
        var path = "/v1/payment_intents/" + created.get("id").asString() + "/confirm";
        assertThat(visitor.post(path, "payment_method=pm_card_visa_chargeDeclined")
                        .statusCode())
                .isEqualTo(402);
        assertThat(Visitor.json(visitor.post(path, "payment_method=pm_card_gb"))
                        .get("status")
                        .asString())
                .isEqualTo("succeeded");
        assertThat(codeOf(visitor.post(path, "payment_method=pm_card_visa")))
                .isEqualTo("payment_intent_unexpected_state");
    }

    @Test
    void closesARefusedPaymentAndRemembersWhy() {
        var refused = Visitor.json(
                visitor.post("/v1/payment_intents", PAY.replace("visa", "chargeDeclinedInsufficientFunds")));
        var path =
                "/v1/payment_intents/" + refused.at("/error/payment_intent/id").asString();
        var closed = Visitor.json(visitor.post(path + "/cancel", ""));
        assertThat(closed.get("status").asString()).isEqualTo("canceled");
        assertThat(closed.at("/last_payment_error/decline_code").asString()).isEqualTo("insufficient_funds");
        assertThat(codeOf(visitor.post(path + "/confirm", "payment_method=pm_card_visa")))
                .isEqualTo("payment_intent_unexpected_state");
        assertThat(codeOf(visitor.post(path + "/cancel", ""))).isEqualTo("payment_intent_unexpected_state");
        assertThat(Visitor.json(visitor.get("/v1/events?type=payment_intent.canceled"))
                        .at("/data/0/data/object/id")
                        .asString())
                .isEqualTo(closed.get("id").asString());
    }

    @Test
    void declinesWhoeverCannotAuthenticate() {
        var answer = visitor.post(
                "/v1/payment_intents",
                "amount=510&currency=gbp&confirm=true&payment_method=pm_card_authenticationRequired&off_session=true");
        assertThat(answer.statusCode()).isEqualTo(402);
        assertThat(Visitor.json(answer).get("error").get("decline_code").asString())
                .isEqualTo("authentication_required");
    }

    @Test
    void listsTheNewestFirstPageByPage() {
        for (var i = 0; i < 3; i++) visitor.post("/v1/payment_intents", PAY + "&metadata[page]=" + i);
        var first = Visitor.json(visitor.get("/v1/payment_intents?limit=2"));
        assertThat(first.get("data")).hasSize(2);
        assertThat(first.get("has_more").asBoolean()).isTrue();
        assertThat(first.get("data").get(0).get("metadata").get("page").asString())
                .isEqualTo("2");
        var last = first.get("data").get(1).get("id").asString();
        var second = Visitor.json(visitor.get("/v1/payment_intents?limit=2&starting_after=" + last));
        assertThat(second.get("data").get(0).get("metadata").get("page").asString())
                .isEqualTo("0");
    }

    @Test
    void searchesByMetadataAndStatus() {
        visitor.post("/v1/payment_intents", PAY + "&metadata[colour]=deep+blue");
        var found = Visitor.json(visitor.get(
                "/v1/payment_intents/search?query=metadata%5B'colour'%5D:'deep%20blue'%20AND%20status:'succeeded'"));
        assertThat(found.get("object").asString()).isEqualTo("search_result");
        assertThat(found.get("data")).hasSize(1);
        assertThat(Visitor.json(
                                visitor.get(
                                        "/v1/payment_intents/search?query=metadata%5B'colour'%5D:'deep%20blue'%20AND%20status:'canceled'"))
                        .get("data"))
                .isEmpty();
        assertThat(visitor.get("/v1/payment_intents/search?query=amount%3E5").statusCode())
                .isEqualTo(400);
        assertThat(visitor.get("/v1/payment_intents/search").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "1",
                "{}",
                "{\"kind\": \"earthquake\"}",
                "{\"kind\": \"hang\", \"ms\": -1}",
                "{\"kind\": \"hang\", \"ms\": 1e99}",
                "{\"kind\": \"hang\", \"seconds\": 1}",
                "{\"kind\": \"drop\", \"probability\": 2}",
                "{\"kind\": \"drop\", \"count\": 0}",
                "{\"kind\": \"drop\", \"when\": \"never\"}",
                "{\"kind\": \"drop\", \"operation\": \"pay\"}",
                "{\"kind\": \"error\", \"status\": 200}",
                "[{\"kind\": \"drop\"}, {\"kind\": \"x\"}]",
            })
    void switchesNoFaultOnThatItDoesNotUnderstand(String fault) {
        var answer = visitor.send("POST", "/_faults", fault, "Content-Type", "application/json");
        assertThat(answer.statusCode()).isBetween(400, 499);
        assertThat(Visitor.json(answer).get("error").asString()).isNotBlank();
        assertThat(Visitor.json(visitor.get("/_faults")).get("faults")).isEmpty();
    }

    @Test
    void switchesNoFaultOnForAFormOnAnotherPage() {
        assertThat(visitor.send("POST", "/_faults", "{\"kind\": \"drop\"}", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
        assertThat(Visitor.json(visitor.get("/_faults")).get("faults")).isEmpty();
    }

    @Test
    void countsDownAFaultAndForgetsIt() {
        visitor.fault("{\"kind\": \"error\", \"operation\": \"retrieve\", \"count\": 2}");
        var path = "/v1/payment_intents/" + visitor.pay("counted").get("id").asString();
        assertThat(visitor.get(path).statusCode()).isEqualTo(500);
        assertThat(Visitor.json(visitor.get("/_faults"))
                        .get("faults")
                        .get(0)
                        .get("calls_left")
                        .asInt())
                .isEqualTo(1);
        assertThat(visitor.get(path).statusCode()).isEqualTo(500);
        assertThat(visitor.get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void hitsTheSameCallsWithTheSameSeed() {
        var first = outcomesUnder("{\"kind\": \"decline\", \"probability\": 0.5, \"seed\": 42}");
        assertThat(first).contains(200, 402);
        assertThat(outcomesUnder("{\"kind\": \"decline\", \"probability\": 0.5, \"seed\": 42}"))
                .isEqualTo(first);
        assertThat(outcomesUnder("{\"kind\": \"decline\", \"probability\": 0.5, \"seed\": 43}"))
                .isNotEqualTo(first);
    }

    private List<Integer> outcomesUnder(String fault) {
        visitor.fault(fault);
        var outcomes = IntStream.range(0, 32)
                .mapToObj(i -> visitor.post("/v1/payment_intents", PAY).statusCode())
                .toList();
        visitor.send("DELETE", "/_faults", "");
        return outcomes;
    }

    @Test
    void showsItsBookToPeopleAndPrograms() {
        visitor.pay("<script>shown</script>".replaceAll("[^a-z]", "-"));
        visitor.post("/v1/payment_intents", PAY + "&metadata[note]=x", "Idempotency-Key", "<b>bold</b>");
        var page = visitor.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Test page", "&lt;b&gt;bold&lt;/b&gt;").doesNotContain("<b>bold</b>");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(page.body()).doesNotContain("<script");
        var book = Visitor.json(visitor.get("/_book"));
        var last = book.get("count").asLong();
        assertThat(Visitor.json(visitor.get("/_book?after=" + (last - 1))).get("effects"))
                .hasSize(1);
        assertThat(Visitor.json(visitor.get("/_book?limit=1")).get("effects")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404",
        "POST, /, 405",
        "DELETE, /_book, 405",
        "PUT, /_faults, 405",
        "GET, /_book?after=x, 400",
        "GET, /3d_secure/pi_none, 404",
        "GET, /3d_secure/, 404",
    })
    void staysCalm(String method, String path, int status) {
        var answer = visitor.send(method, path, "");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("Exception", "\tat ");
    }

    @Test
    void declinesNothingTwiceAndAuthenticatesOnlyAsSaid() {
        var intent = Visitor.json(visitor.post(
                "/v1/payment_intents",
                "amount=510&currency=gbp&confirm=true&payment_method=pm_card_threeDSecure2Required"));
        assertThat(intent.get("next_action").get("type").asString()).isEqualTo("use_stripe_sdk");
        var url =
                intent.get("next_action").get("use_stripe_sdk").get("stripe_js").asString();
        var page = url.substring(url.indexOf("/3d_secure"));
        assertThat(visitor.post(page, "outcome=maybe").statusCode()).isEqualTo(400);
        assertThat(visitor.send("PUT", page, "").statusCode()).isEqualTo(405);
        assertThat(visitor.post(page, "outcome=fail").statusCode()).isEqualTo(200);
        assertThat(visitor.get(page).body()).contains("requires_payment_method");
    }
}
