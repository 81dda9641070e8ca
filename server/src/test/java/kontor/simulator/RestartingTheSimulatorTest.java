package kontor.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartingTheSimulatorTest {
    @TempDir
    Path data;

    private interface Visit {
        void with(Visitor visitor) throws IOException;
    }

    private void visit(Visit visit) throws IOException {
        try (var simulator =
                        Simulator.start(SimulatorOptions.defaults().onPort(0).in(data));
                var visitor = new Visitor(simulator)) {
            visit.with(visitor);
        }
    }

    private Path book() {
        return data.resolve("simulator/book.jsonl");
    }

    @Test
    void keepsPaymentsRefundsAndKeys() throws IOException {
        var before = new String[4];
        visit(visitor -> {
            var id = visitor.pay("one").get("id").asString();
            visitor.post("/v1/refunds", "payment_intent=" + id + "&amount=100&metadata[a]=b", "Idempotency-Key", "two");
            before[0] = id;
            before[1] = visitor.get("/v1/payment_intents/" + id).body();
            before[2] = visitor.get("/v1/refunds?payment_intent=" + id).body();
            before[3] = visitor.book().toString();
        });
        visit(visitor -> {
            assertThat(visitor.get("/v1/payment_intents/" + before[0]).body()).isEqualTo(before[1]);
            assertThat(visitor.get("/v1/refunds?payment_intent=" + before[0]).body())
                    .isEqualTo(before[2]);
            var again = visitor.post(
                    "/v1/payment_intents",
                    "amount=510&currency=gbp&confirm=true&payment_method=pm_card_visa",
                    "Idempotency-Key",
                    "one");
            assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
            assertThat(again.body()).isEqualTo(before[1]);
            assertThat(visitor.post("/v1/refunds", "payment_intent=" + before[0] + "&amount=411")
                            .statusCode())
                    .isEqualTo(400); // what was paid back still counts
            assertThat(visitor.book()).hasToString(before[3]);
        });
    }

    @Test
    void letsTheBuyerAuthenticateAfterwards() throws IOException {
        var page = new String[1];
        visit(visitor -> {
            var intent = Visitor.json(visitor.post(
                    "/v1/payment_intents",
                    "amount=510&currency=gbp&confirm=true&payment_method=pm_card_threeDSecure2Required"
                            + "&return_url=https://shop.test/back%3Forder%3D1&metadata[order]=1",
                    "Idempotency-Key",
                    "pay"));
            var url =
                    intent.get("next_action").get("redirect_to_url").get("url").asString();
            page[0] = url.substring(url.indexOf("/3d_secure"));
        });
        visit(visitor -> {
            var back = visitor.post(page[0], "outcome=complete");
            assertThat(back.headers().firstValue("Location"))
                    .hasValueSatisfying(
                            url -> assertThat(url).startsWith("https://shop.test/back?order=1&payment_intent=pi_"));
            var effect = visitor.book().get(0);
            assertThat(effect.get("kind").asString()).isEqualTo("captured");
            assertThat(effect.get("idempotency_key").asString()).isEqualTo("pay");
            assertThat(effect.get("metadata").get("order").asString()).isEqualTo("1");
        });
    }

    @Test
    void remembersARefusalAndAStoredError() throws IOException {
        var declined = "amount=510&currency=gbp&confirm=true&payment_method=pm_card_chargeDeclined";
        var first = new String[1];
        visit(visitor -> {
            first[0] = visitor.post("/v1/payment_intents", declined, "Idempotency-Key", "no")
                    .body();
            visitor.fault("{\"kind\": \"error\", \"when\": \"before\"}");
            visitor.pay("broken");
        });
        visit(visitor -> {
            var again = visitor.post("/v1/payment_intents", declined, "Idempotency-Key", "no");
            assertThat(again.statusCode()).isEqualTo(402);
            assertThat(again.body()).isEqualTo(first[0]);
            assertThat(visitor.pay("broken").get("error").get("type").asString())
                    .isEqualTo("api_error");
            assertThat(visitor.book()).isEmpty();
        });
    }

    /** What a crash in the middle of a write leaves behind, wherever it came. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 500, -1})
    void cutsOffALineThatWasNotWrittenToItsEnd(int bytes) throws IOException {
        visit(visitor -> visitor.pay("one"));
        var whole = Files.readAllBytes(book());
        var torn = Arrays.copyOf(whole, bytes < 0 ? whole.length - 1 : bytes);
        Files.write(book(), torn, StandardOpenOption.APPEND);
        visit(visitor -> {
            assertThat(visitor.book()).hasSize(1);
            visitor.pay("two");
        });
        visit(visitor -> assertThat(visitor.book()).hasSize(2));
    }

    @Test
    void cutsOffGarbageAtTheEnd() throws IOException {
        visit(visitor -> visitor.pay("one"));
        Files.write(book(), new byte[5000], StandardOpenOption.APPEND);
        Files.write(book(), "\n{\"at\":1\n".getBytes(UTF_8), StandardOpenOption.APPEND);
        visit(visitor -> {
            assertThat(visitor.book()).hasSize(1);
            visitor.pay("two");
        });
        visit(visitor -> assertThat(visitor.book()).hasSize(2));
    }

    @Test
    void doesNotStartOnABookThatIsDamagedInTheMiddle() throws IOException {
        visit(visitor -> {
            visitor.pay("one");
            visitor.pay("two");
        });
        var bytes = Files.readAllBytes(book());
        bytes[20] = 0;
        Files.write(book(), bytes);
        assertThatThrownBy(() -> visit(visitor -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        assertThat(Files.readAllBytes(book())).isEqualTo(bytes);
    }

    @Test
    void doesNotStartOnABookThatAnotherOneKeeps() throws IOException {
        visit(visitor -> assertThatThrownBy(() -> visit(other -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another simulator"));
    }

    /** Killed at any moment: what was answered for is there, and once. */
    @Test
    void losesNothingItHasAnsweredForWhenItIsKilled() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Simulator.class.getName(),
                        "--port",
                        "0",
                        "--data",
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var answered = ConcurrentHashMap.<String>newKeySet();
        try {
            var said = process.inputReader().readLine();
            var address = said.substring(said.indexOf("http"));
            var enough = new CountDownLatch(50);
            var http = HttpClient.newHttpClient();
            var buyers = new ArrayList<Thread>();
            for (var i = 0; i < 8; i++) {
                var buyer = i;
                buyers.add(Thread.startVirtualThread(() -> {
                    for (var n = 0; ; n++) {
                        var key = "buyer-" + buyer + "-" + n;
                        try {
                            var answer = http.send(
                                    HttpRequest.newBuilder(URI.create(address + "/v1/payment_intents"))
                                            .header("Authorization", "Bearer sk_test_x")
                                            .header("Idempotency-Key", key)
                                            .POST(BodyPublishers.ofString(
                                                    "amount=510&currency=gbp&confirm=true&payment_method=pm_card_visa"))
                                            .build(),
                                    BodyHandlers.ofString());
                            if (answer.statusCode() == 200) answered.add(key);
                            enough.countDown();
                        } catch (IOException e) {
                            return; // killed
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            return;
                        }
                    }
                }));
            }
            assertThat(enough.await(2, TimeUnit.MINUTES)).isTrue();
            process.destroyForcibly().waitFor();
            for (var buyer : buyers) buyer.join();
            http.close();
        } finally {
            process.destroyForcibly();
        }
        visit(visitor -> {
            var executed = visitor.book()
                    .valueStream()
                    .map(effect -> effect.get("idempotency_key").asString())
                    .toList();
            assertThat(executed).doesNotHaveDuplicates().containsAll(answered);
            assertThat(answered).hasSizeGreaterThanOrEqualTo(40);
        });
    }
}
