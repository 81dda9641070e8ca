package kontor.crash;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Buyers of a shop whose server dies under them: each key is sent until it is answered, and the journal remembers both. */
class CrashShop {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int ARTICLES = 20;
    /** How long a shop that says it is ready may take to accept some orders. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String INVOICE = "{\"method\": \"invoice\"}";
    private static final String CARD = "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\"}";

    private final ServerProcess server;
    private final int buyers;
    private final Path journalFile;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Map<String, String> bodies = new ConcurrentHashMap<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> unanswered = new ConcurrentLinkedQueue<>();
    private volatile String lastRefusal = "none";
    private String token = "";

    CrashShop(ServerProcess server, Path journalFile, int buyers) {
        this.server = server;
        this.journalFile = journalFile;
        this.buyers = buyers;
    }

    /** Signs in and puts articles on the shelf. */
    void open() throws Exception {
        token = post("/login", Map.of("email", ServerProcess.ADMIN, "password", ServerProcess.PASSWORD), "")
                .at("/access_token")
                .asString();
        for (var article = 0; article < ARTICLES; article++) {
            var made = post(
                    "/products",
                    Map.of(
                            "name",
                            "Article " + article,
                            "variants",
                            List.of(Map.of(
                                    "sku",
                                    "A" + article,
                                    "prices",
                                    List.of(Map.of("amount", 100 + article, "currency", "GBP")),
                                    "on_hand",
                                    1_000_000))),
                    "product-" + article);
            if (made.at("/id").isMissingNode()) throw new AssertionError(made.toString());
        }
    }

    private JsonNode post(String path, Object body, String key) throws Exception {
        var request = HttpRequest.newBuilder(server.address(path))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key.isEmpty() ? "none" : key)
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        return JSON.readTree(
                client.send(request.build(), BodyHandlers.ofString()).body());
    }

    /** Buyers who order until they are stopped, whatever becomes of the server. */
    Load orderUntilStopped() {
        return new Load();
    }

    /** Buyers at work. */
    class Load implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final int before = acknowledged.size();
        private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private volatile boolean stopped;

        Load() {
            for (var buyer = 0; buyer < buyers; buyer++) threads.execute(this::order);
        }

        /** @throws AssertionError when a buyer was told nonsense, or when the shop does not get that far in {@link #PATIENCE} */
        void waitForAcknowledged(int count) throws Exception {
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            while (acknowledged.size() < before + count) {
                throwFailure();
                if (System.nanoTime() > deadline)
                    throw new AssertionError("%d of %d orders in %s, the last answer: %s\n%s"
                            .formatted(acknowledged.size() - before, count, PATIENCE, lastRefusal, server.describe()));
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        private void order() {
            try (var journal = new Journal()) {
                while (!stopped) {
                    var key = unanswered.poll();
                    if (key == null) {
                        key = UUID.randomUUID().toString();
                        bodies.put(key, body(key));
                        journal.write("sent " + key);
                    }
                    var outcome = send(key, journal);
                    if (outcome != Outcome.ANSWERED) unanswered.add(key);
                    if (outcome == Outcome.DEAD) TimeUnit.MILLISECONDS.sleep(20); // it may be about to come back
                }
            } catch (IOException | InterruptedException | AssertionError e) {
                failures.add(e);
            }
        }

        @Override
        public void close() {
            stopped = true;
            threads.close();
            throwFailure();
        }

        private void throwFailure() {
            var failure = failures.peek();
            if (failure != null) throw new AssertionError("a buyer was told nonsense", failure);
        }
    }

    private enum Outcome {
        ANSWERED,
        /** The gateway is still being asked on behalf of an earlier request, which a crash may have ended. */
        UNDER_WAY,
        DEAD
    }

    private Outcome send(String key, Journal journal) throws IOException {
        try {
            var answer = place(key);
            if (answer.statusCode() != 201) lastRefusal = answer.statusCode() + " " + answer.body();
            if (answer.statusCode() == 503) return Outcome.DEAD;
            if (answer.statusCode() == 409 && answer.body().contains("request_in_progress")) return Outcome.UNDER_WAY;
            // A card that the gateway has not answered about yet is 202, the order is there all the same.
            if (answer.statusCode() != 201 && !(answer.statusCode() == 202 && paysByCard(key)))
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            var id = JSON.readTree(answer.body()).at("/id").asLong();
            journal.write("acknowledged " + key + " " + id);
            var earlier = acknowledged.put(key, id);
            if (earlier != null && earlier != id) throw new AssertionError(key + " is order " + earlier + " and " + id);
            return Outcome.ANSWERED;
        } catch (IOException e) {
            lastRefusal = e.toString();
            return Outcome.DEAD;
        }
    }

    private HttpResponse<String> place(String key) throws IOException {
        try {
            return client.send(
                    HttpRequest.newBuilder(server.address("/orders"))
                            .header("Content-Type", "application/json")
                            .header("Authorization", "Bearer " + token)
                            .header("Idempotency-Key", key)
                            .timeout(Duration.ofSeconds(20))
                            .POST(BodyPublishers.ofString(String.valueOf(bodies.get(key))))
                            .build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String body(String key) {
        var first = Math.floorMod(key.hashCode(), ARTICLES);
        return """
                {"currency": "GBP", "payment": %s,
                 "lines": [{"sku": "A%d", "quantity": 1}, {"sku": "A%d", "quantity": 2}]}
                """.formatted(paysByCard(key) ? CARD : INVOICE, first, (first + 7) % ARTICLES);
    }

    /** One in three does. */
    private static boolean paysByCard(String key) {
        return Math.floorMod(key.hashCode() / ARTICLES, 3) == 0;
    }

    /** Every request that was never answered is sent once more; now each key has exactly one order. */
    void sendUnansweredAgain() throws IOException {
        try (var journal = new Journal()) {
            for (var key = unanswered.poll(); key != null; key = unanswered.poll()) {
                var again = key;
                await().atMost(Duration.ofMinutes(2)).until(() -> send(again, journal) == Outcome.ANSWERED);
            }
        }
    }

    /** Returns when no order waits for its gateway any more. */
    void awaitSettled() {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    var items = get("/orders?status=pending_payment").at("/items");
                    return items.isArray() && items.isEmpty();
                });
    }

    /** The orders that were paid by card, each with its total in pence. */
    Map<String, Long> paidByCard() throws Exception {
        var paid = new HashMap<String, Long>();
        eachOrder(order -> {
            if (!order.at("/payments/0/method").asString().equals("card")) return;
            if (!order.at("/payments/0/status").asString().equals("captured"))
                throw new AssertionError(order.toString());
            paid.put(order.at("/id").asString(), order.at("/total/amount").asLong());
        });
        return paid;
    }

    /** Keys that were acknowledged, by the journal on disk, and that the server does not know as the same order. */
    Set<String> lost() throws Exception {
        var lost = ConcurrentHashMap.<String>newKeySet();
        try (var threads = Executors.newFixedThreadPool(buyers)) {
            for (var line : Files.readAllLines(journalFile)) {
                var words = line.split(" ", -1);
                if (!words[0].equals("acknowledged")) continue;
                threads.execute(() -> {
                    try {
                        var answer = place(words[1]);
                        var same = answer.headers()
                                        .firstValue("Idempotent-Replayed")
                                        .isPresent()
                                && JSON.readTree(answer.body())
                                        .at("/id")
                                        .asString()
                                        .equals(words[2]);
                        if (!same) lost.add(line);
                    } catch (IOException e) {
                        lost.add(line + " " + e);
                    }
                });
            }
        }
        return lost;
    }

    int keysSent() throws IOException {
        var keys = new HashSet<String>();
        for (var line : Files.readAllLines(journalFile)) keys.add(line.split(" ", -1)[1]);
        return keys.size();
    }

    int ordersOnServer() throws Exception {
        var ids = new HashSet<String>();
        eachOrder(order -> ids.add(order.at("/id").asString()));
        return ids.size();
    }

    private void eachOrder(Consumer<JsonNode> action) throws Exception {
        var cursor = "";
        do {
            var page = get("/orders?limit=200" + cursor);
            page.at("/items").forEach(action);
            var next = page.at("/next_cursor").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.address(path))
                                .header("Authorization", "Bearer " + token)
                                .timeout(PATIENCE)
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    /** Lines that are on disk when the method returns. */
    private class Journal implements AutoCloseable {
        private final FileChannel file =
                FileChannel.open(journalFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND);

        Journal() throws IOException {}

        void write(String line) throws IOException {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            file.force(false);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
