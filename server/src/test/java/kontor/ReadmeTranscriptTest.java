package kontor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import kontor.crash.ServerProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What README.md gives a newcomer to paste into a terminal, pasted beside a demo shop. Only the port is another. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReadmeTranscriptTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern TRANSCRIPT =
            Pattern.compile("<!-- transcript -->\\s+```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CARD = Pattern.compile("\"payment\": \\{\"method\": \"card\".*}");
    private static final String SHOP = "SHOP=http://localhost:8080";
    private static final String BUYER = "EMAIL=buyer";
    private static final String INVOICE = "\"payment\": {\"method\": \"invoice\"}";

    @TempDir
    static Path folder;

    static ServerProcess demo;

    /** What the terminal shows in the end: a line each, and the repetition with its status line and headers. */
    private record Shown(JsonNode user, JsonNode products, JsonNode order, List<String> repetition) {
        static Shown in(List<String> lines) {
            return new Shown(
                    json(lines.get(0)), json(lines.get(1)), json(lines.get(2)), lines.subList(3, lines.size()));
        }

        String status() {
            return repetition.getFirst();
        }

        JsonNode answer() {
            return json(repetition.getLast());
        }
    }

    @BeforeAll
    static void openTheShop() throws Exception {
        assertThat(run("command -v curl"))
                .as("where curl is: README.md's transcript needs it, and so does this test")
                .isNotEmpty();
        demo = new ServerProcess(folder.resolve("data"), folder.resolve("demo.log"));
        demo.startDemo();
    }

    @AfterAll
    static void closeIt() throws Exception {
        if (demo != null) demo.stop();
    }

    @Test
    void registersFindsOrdersAndRepeats() throws Exception {
        var shown = paste(transcript());
        assertThat(shown.user().at("/name").asString("")).isEqualTo("Ann Lee");
        assertThat(shown.user().at("/email").asString("")).matches("buyer\\d+@example\\.org");
        assertThat(shown.products()
                        .path("items")
                        .valueStream()
                        .map(product -> product.path("name").asString("").toLowerCase(Locale.ROOT)))
                .hasSize(2)
                .allMatch(name -> name.contains("lantern"));
        assertThat(shown.order().at("/status").asString("")).isEqualTo("confirmed");
        assertThat(shown.order().at("/lines/0/sku").asString("")).isEqualTo("85123A");
        assertThat(shown.order().at("/total")).isEqualTo(json("{\"amount\": 510, \"currency\": \"GBP\"}"));

        assertThat(shown.status()).startsWith("HTTP/1.1 201");
        assertThat(shown.repetition()).contains("Idempotent-Replayed: true");
        assertThat(shown.answer()).isEqualTo(shown.order());
    }

    @ParameterizedTest
    @CsvSource({
        "pm_card_visa, 201, /status, confirmed",
        "pm_card_chargeDeclined, 402, /code, payment_declined",
        "pm_card_threeDSecure2Required, 202, /status, pending_payment",
    })
    void answersCardsAsItSays(String token, String status, String member, String value) throws Exception {
        var readme = Files.readString(Path.of("..", "README.md"));
        assertThat(readme.contains(token)).as("README.md speaks of " + token).isTrue();
        var card = CARD.matcher(readme);
        assertThat(card.find()).as("README.md has a payment by card").isTrue();
        var transcript = transcript();
        assertThat(transcript).contains(INVOICE, BUYER);
        var shown = paste(transcript
                .replace(INVOICE, card.group().replace("pm_card_visa", token))
                .replace(BUYER, "EMAIL=" + token.toLowerCase(Locale.ROOT)));
        assertThat(shown.status()).startsWith("HTTP/1.1 " + status);
        assertThat(shown.answer().at(member).asString("")).isEqualTo(value);
        if (status.equals("202"))
            assertThat(shown.answer().at("/payments/0/action").asString("")).startsWith("http://localhost:");
    }

    private static String transcript() throws IOException {
        var readme = TRANSCRIPT.matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(readme.find()).as("README.md has a transcript").isTrue();
        return requireNonNull(readme.group(1));
    }

    private static Shown paste(String transcript) throws Exception {
        assertThat(transcript).contains(SHOP);
        return Shown.in(run(transcript.replace(SHOP, "SHOP=" + demo.address(""))));
    }

    /** @return what the shell prints, line by line; nothing else may go wrong */
    private static List<String> run(String script) throws Exception {
        var shell = new ProcessBuilder("sh", "-c", script);
        shell.environment().put("no_proxy", "*");
        var errors = Files.createTempFile(folder, "errors", ".txt");
        var process = shell.redirectError(errors.toFile()).start();
        process.outputWriter().close();
        try (var output = process.inputReader()) {
            var lines = output.readAllLines();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(errors).as("what went wrong").isEmptyFile();
            return lines;
        }
    }

    private static JsonNode json(String line) {
        return JSON.readTree(line);
    }
}
