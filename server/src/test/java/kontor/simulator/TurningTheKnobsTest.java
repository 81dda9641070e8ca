package kontor.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator's own page, as a browser without scripts uses it. */
class TurningTheKnobsTest {
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");

    @TempDir
    Path data;

    private Simulator simulator;
    private Visitor visitor;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(SimulatorOptions.defaults().onPort(0).in(data));
        visitor = new Visitor(simulator);
    }

    @AfterEach
    void stop() throws IOException {
        visitor.close();
        simulator.close();
    }

    private String page() {
        return visitor.get("/").body();
    }

    private HttpResponse<String> press(String path, String form) {
        var token = TOKEN.matcher(page());
        assertThat(token.find()).isTrue();
        return visitor.post(path, "token=" + token.group(1) + "&" + form);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void switchesAFaultOnAndOff() {
        var answer = press(
                "/_faults",
                "kind=error&operation=create&when=before&count=2&probability=&seed=&ms=&status=503&code=&by=");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).hasValue("/");
        assertThat(page()).contains("&quot;status&quot;:503");
        assertThat(visitor.post("/v1/payment_intents", "amount=510&currency=gbp")
                        .statusCode())
                .isEqualTo(503);
        press("/_faults", "clear=all");
        assertThat(visitor.post("/v1/payment_intents", "amount=510&currency=gbp")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void takesAProbabilityAndASeed() {
        press("/_faults", "kind=decline&probability=0.5&seed=7&code=lost_card");
        assertThat(Visitor.json(visitor.get("/_faults"))
                        .at("/faults/0/fault/probability")
                        .asDouble())
                .isEqualTo(0.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kind=earthquake", "kind=hang&ms=long", "kind=hang&ms=1%2C%22a%22%3A1", "kind=drop&count=0"})
    void saysWhatIsWrongWithAFault(String form) {
        var answer = press("/_faults", form);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("Nothing has changed").doesNotContain("Exception");
        assertThat(Visitor.json(visitor.get("/_faults")).get("faults")).isEmpty();
    }

    @Test
    void paysOutAndDisputesAtThePressOfAButton() {
        var intent = visitor.pay("one").get("id").asString();
        assertThat(page()).contains("<b>482 GBP</b>");
        press("/_payouts", "");
        assertThat(page()).contains("<b>0 GBP</b>", "po_");
        assertThat(press("/_disputes", "payment_intent=" + intent + "&amount=&reason=fraudulent")
                        .statusCode())
                .isEqualTo(303);
        var dispute = Visitor.json(visitor.get("/v1/disputes")).at("/data/0/id").asString();
        assertThat(page()).contains("action=\"/_disputes/" + dispute + "\"", "<b>-2510 GBP</b>");
        press("/_disputes/" + dispute, "outcome=won");
        assertThat(page()).doesNotContain("action=\"/_disputes/du_");
        assertThat(Visitor.json(visitor.get("/v1/disputes/" + dispute))
                        .get("status")
                        .asString())
                .isEqualTo("won");
        var refused = press("/_disputes/" + dispute, "outcome=lost");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("This dispute is won.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "token=", "token=guessed"})
    void ignoresAFormFromAnotherPage(String token) {
        visitor.pay("one");
        for (var path : new String[] {"/_faults", "/_payouts", "/_disputes"}) {
            assertThat(visitor.post(path, token + "&kind=drop").statusCode()).isEqualTo(403);
            assertThat(visitor.send("POST", path, "{}", "Content-Type", "text/plain")
                            .statusCode())
                    .isEqualTo(415);
        }
        assertThat(Visitor.json(visitor.get("/v1/payouts")).get("data")).isEmpty();
        assertThat(Visitor.json(visitor.get("/_faults")).get("faults")).isEmpty();
    }

    @Test
    void showsWhatWasSentAsTextOnly() {
        var nasty = "<img src=x onerror='alert(1)'>\"&";
        visitor.post(
                "/v1/payment_intents",
                "amount=510&currency=gbp&confirm=true&payment_method=pm_card_visa",
                "Idempotency-Key",
                nasty);
        visitor.fault("{\"kind\": \"decline\", \"code\": \"<script>alert(1)</script>\"}");
        assertThat(page())
                .contains("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&quot;&amp;", "&lt;script&gt;")
                .doesNotContain("<img", "<script");
        var refused = press("/_disputes", "payment_intent=" + encoded("<script>alert(1)</script>"));
        assertThat(refused.body()).contains("&lt;script&gt;").doesNotContain("<script");
    }

    @Test
    void neverLetsAScriptIn() {
        assertThat(visitor.get("/").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy).contains("default-src 'none'").doesNotContain("script-src"));
    }
}
