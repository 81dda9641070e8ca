package kontor.payments.stripe;

import static kontor.payments.stripe.SimulatedStripe.FIVE_POUND_TEN;
import static kontor.payments.stripe.SimulatedStripe.VISA;
import static kontor.payments.stripe.SimulatedStripe.payment;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import kontor.money.Money;
import kontor.payments.BalancePage;
import kontor.payments.BalancePage.Kind;
import kontor.payments.BalancePage.Line;
import kontor.payments.BalancePage.Lines;
import kontor.payments.BalancePage.Unavailable;
import kontor.payments.GatewayAnswer.Refunded;
import kontor.payments.GatewayRequest.Authorize;
import kontor.payments.GatewayRequest.Capture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingStripesBalanceTest {
    private SimulatedStripe stripe;

    @BeforeEach
    void start(@TempDir Path data) throws IOException {
        stripe = new SimulatedStripe(data, Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() throws IOException {
        stripe.close();
    }

    private Lines page(@Nullable String after) {
        if (stripe.gateway.balance(after) instanceof Lines lines) return lines;
        throw new AssertionError(stripe.gateway.balance(after));
    }

    private static List<String> shown(List<Line> lines) {
        return lines.stream()
                .map(line -> line.kind() + " " + line.amount() + " " + line.fee())
                .toList();
    }

    @Test
    void readsNothingWhereNothingHappened() {
        assertThat(stripe.gateway.balance(null)).isEqualTo(new Lines(List.of(), false));
    }

    @Test
    void readsWhatMovedTheBalanceOldestFirst() {
        var taken = payment(VISA, true);
        stripe.gateway.authorize(taken);
        var reference = stripe.take();
        var refund = stripe.gateway.refund("refund-" + reference, reference, Money.of(110, "GBP"));
        var dispute = stripe.control("/_disputes", "{\"payment_intent\": \"%s\"}".formatted(reference))
                .get("id")
                .asString();
        stripe.control("/_disputes/" + dispute, "{\"outcome\": \"won\"}");
        stripe.take();
        stripe.take();
        stripe.take();
        stripe.control("/_payouts", "{}");
        var lines = page(null).lines();
        assertThat(shown(lines))
                .containsExactly(
                        "CHARGE 5.10 GBP 28",
                        "CHARGE 5.10 GBP 28",
                        "REFUND -1.10 GBP 0",
                        "DISPUTE -4.00 GBP 2000",
                        "DISPUTE_REVERSAL 4.00 GBP 0",
                        "CHARGE 5.10 GBP 28",
                        "CHARGE 5.10 GBP 28",
                        "CHARGE 5.10 GBP 28",
                        "PAYOUT -3.00 GBP 0");
        assertThat(lines.get(0).operationKey()).isEqualTo(taken.operationKey());
        assertThat(lines.get(1).paymentReference()).isEqualTo(reference);
        assertThat(lines.get(1).source()).isNull();
        assertThat(lines.get(2).paymentReference()).isEqualTo(reference);
        assertThat(lines.get(2).operationKey()).isEqualTo("refund-" + reference);
        assertThat(refund).isEqualTo(new Refunded(String.valueOf(lines.get(2).source()), Money.of(110, "GBP")));
        assertThat(lines.get(3).paymentReference()).isEqualTo(reference);
        assertThat(lines.get(3).source()).isEqualTo(dispute);
        assertThat(lines.get(4).source()).isEqualTo(dispute);
        assertThat(lines.get(8).paymentReference()).isNull();
        assertThat(lines.get(8).source()).startsWith("po_");
        assertThat(lines).allSatisfy(line -> assertThat(line.availableAt()).isEqualTo(line.at()));
    }

    @Test
    void namesNoOperationForWhatWasHeldFirst() {
        var reference = stripe.hold();
        stripe.gateway.capture(new Capture("part-1-" + reference, reference, Money.of(100, "GBP"), 0, false));
        stripe.gateway.capture(new Capture("part-2-" + reference, reference, Money.of(200, "GBP"), 100, true));
        var lines = page(null).lines();
        assertThat(shown(lines)).containsExactly("CHARGE 1.00 GBP 22", "CHARGE 2.00 GBP 23");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.paymentReference()).isEqualTo(reference);
            assertThat(line.operationKey()).isNull();
        });
    }

    @Test
    void countsIcelandicKronurAsWeDo() {
        var asked = payment(VISA, true);
        stripe.gateway.authorize(new Authorize(
                asked.operationKey(), asked.orderId(), asked.paymentId(), Money.of(12_000, "ISK"), VISA, true, null));
        // 1.5 % and 20 of 1,200,000 hundredths are 18,020: no whole krónur, and not to be rounded away.
        assertThat(stripe.gateway.balance(null)).isInstanceOf(Unavailable.class);
    }

    @Test
    void readsAllOfItOncePageByPage() throws IOException {
        for (var i = 0; i < 120; i++) stripe.take();
        var read = new ArrayList<Line>();
        var page = page(null);
        read.addAll(page.lines());
        assertThat(page.more()).isTrue();
        while (page.more()) {
            page = page(read.getLast().id());
            read.addAll(page.lines());
        }
        assertThat(read).hasSize(120);
        assertThat(read.stream().map(Line::id).distinct()).hasSize(120);
        assertThat(read.stream().map(Line::operationKey))
                .isSortedAccordingTo((a, b) -> Long.compare(numberIn(a), numberIn(b)));
        assertThat(page(read.getLast().id())).isEqualTo(new Lines(List.of(), false));
        stripe.restartSimulator();
        stripe.take();
        assertThat(page(read.getLast().id()).lines()).hasSize(1);
        assertThat(page(read.get(9).id()).lines()).containsExactlyElementsOf(read.subList(10, 60));
    }

    private static long numberIn(@Nullable String operationKey) {
        return Long.parseLong(String.valueOf(operationKey).substring("operation-".length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"drop\"}",
                "{\"kind\": \"cut\"}",
                "{\"kind\": \"empty\"}",
                "{\"kind\": \"html\"}",
                "{\"kind\": \"redirect\"}",
                "{\"kind\": \"duplicate\"}",
                "{\"kind\": \"previous\"}",
                "{\"kind\": \"error\"}",
                "{\"kind\": \"error\", \"status\": 429}",
                "{\"kind\": \"error\", \"status\": 401}",
                "{\"kind\": \"wrong_amount\"}",
                "{\"kind\": \"huge\", \"bytes\": 2000000}",
            })
    void readsNothingFromABrokenAnswer(String fault) {
        stripe.take();
        stripe.fault(fault);
        assertThat(stripe.gateway.balance(null))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        unavailable ->
                                assertThat(unavailable.reason()).isNotBlank().doesNotContain("\n"));
        assertThat(stripe.faultsLeft()).isZero();
        assertThat(page(null).lines()).hasSize(1);
    }

    @Test
    void readsNothingAfterALineThatDoesNotExist() {
        stripe.take();
        assertThat(stripe.gateway.balance("txn_none")).isInstanceOf(Unavailable.class);
    }

    /** What the simulator never shows. */
    private BalancePage said(String type, String category, long amount, long fee, long net, String source)
            throws IOException {
        var body = """
                {"object": "list", "has_more": false, "url": "/v1/balance_transactions", "data": [{"id": "txn_1",
                 "object": "balance_transaction", "amount": %d, "fee": %d, "net": %d, "currency": "gbp", "type": "%s",
                 "reporting_category": "%s", "created": 1795424400, "available_on": 1795597200, "source": %s}]}""".formatted(amount, fee, net, type, category, source).getBytes(StandardCharsets.UTF_8);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        var base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var gateway =
                new StripeGateway(new StripeSettings(base, false, "sk_test_x", List.of(), Duration.ofSeconds(10), 1))) {
            return gateway.balance("txn_0");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "payment, charge, CHARGE",
        "charge, charge, CHARGE",
        "refund, partial_capture_reversal, CHARGE",
        "payment_refund, refund, REFUND",
        "adjustment, dispute, DISPUTE",
        "adjustment, dispute_reversal, DISPUTE_REVERSAL",
        "payout, payout, PAYOUT",
        "stripe_fee, fee, FEE",
        "adjustment, other_adjustment, OTHER",
        "payout_failure, payout_reversal, OTHER",
        "something, new, OTHER",
    })
    void knowsEachKindByItsCategory(String type, String category, Kind kind) throws IOException {
        var at = Instant.ofEpochSecond(1795424400);
        assertThat(said(type, category, -510, 0, -510, "\"src_1\""))
                .isEqualTo(new Lines(
                        List.of(new Line(
                                "txn_1",
                                kind,
                                FIVE_POUND_TEN.negated(),
                                0,
                                at,
                                at.plus(Duration.ofDays(2)),
                                null,
                                "src_1",
                                null)),
                        false));
    }

    @Test
    void showsAFeeThatWasGivenBackAsALineOfItsOwn() throws IOException {
        assertThat(said("adjustment", "dispute_reversal", 510, -1500, 2010, "null"))
                .isInstanceOfSatisfying(Lines.class, page -> {
                    assertThat(shown(page.lines())).containsExactly("FEE 15.00 GBP 0", "DISPUTE_REVERSAL 5.10 GBP 0");
                    assertThat(page.lines().stream().map(Line::id)).containsExactly("txn_1:fee", "txn_1");
                });
    }

    @Test
    void readsNothingThatDoesNotAddUp() throws IOException {
        assertThat(said("charge", "charge", 510, 28, 483, "null")).isInstanceOf(Unavailable.class);
    }
}
