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
import java.util.Objects;
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

/**
 * Buyers and staff of a shop whose server dies under them: each key is sent until it is answered, and the journal remembers
 * both. Of what is paid by card some is taken later, and a part of some is given back.
 */
class CrashShop {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int ARTICLES = 20;
    /** How long a shop that says it is ready may take to accept some orders. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String INVOICE = "{\"method\": \"invoice\"}";
    private static final String CARD = "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\"}";
    private static final String HELD =
            "{\"method\": \"card\", \"gateway\": \"stripe\", \"token\": \"pm_card_visa\", \"capture\": \"later\"}";
    private static final String ORDERS = "/orders";

    /** What a key stands for. */
    private record Wanted(String path, String body) {
        boolean isOrder() {
            return path.equals(ORDERS);
        }

        boolean isHeld() {
            return body.contains("later");
        }

        boolean isByCard() {
            return body.contains("card");
        }
    }

    private final ServerProcess server;
    private final int buyers;
    private final Path journalFile;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> unanswered = new ConcurrentLinkedQueue<>();
    private volatile String lastRefusal = "none";
    private volatile String token = "";

    CrashShop(ServerProcess server, Path journalFile, int buyers) {
        this.server = server;
        this.journalFile = journalFile;
        this.buyers = buyers;
    }

    /** Signs in and puts articles on the shelf. */
    void open() throws Exception {
        token = logIn();
        for (var article = 0; article < ARTICLES; article++) {
            var made = make(
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

    private String logIn() throws IOException, InterruptedException {
        var login = Map.of("email", ServerProcess.ADMIN, "password", ServerProcess.PASSWORD);
        var answer = client.send(
                HttpRequest.newBuilder(server.address("/login"))
                        .header("Content-Type", "application/json")
                        .timeout(PATIENCE)
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(login)))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException("no login now: " + answer.statusCode());
        return JSON.readTree(answer.body()).at("/access_token").asString();
    }

    /** A login is good for a quarter of an hour, and the shop is open for longer. */
    private HttpResponse<String> sendSignedIn(HttpRequest.Builder request) throws IOException, InterruptedException {
        var used = token;
        var answer = client.send(
                request.copy().header("Authorization", "Bearer " + used).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 401) return answer;
        synchronized (this) {
            if (token.equals(used)) token = logIn();
        }
        return client.send(
                request.copy().header("Authorization", "Bearer " + token).build(), BodyHandlers.ofString());
    }

    private JsonNode make(String path, Object body, String key) throws Exception {
        return post(path, JSON.writeValueAsString(body), key.isEmpty() ? "none" : key);
    }

    JsonNode post(String path, String body, String key) throws Exception {
        return JSON.readTree(send(path, body, Map.of("Idempotency-Key", key)).body());
    }

    HttpResponse<String> send(String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(server.address(path))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(body));
        headers.forEach(request::header);
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** An order of two articles, paid by card at once. */
    JsonNode orderByCard(String key) throws Exception {
        return post(ORDERS, """
                        {"currency": "GBP", "payment": %s, "lines": [{"sku": "A1", "quantity": 2}]}
                        """.formatted(CARD), key);
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
                        want(key, new Wanted(ORDERS, body(key)), journal);
                    }
                    var outcome = send(key, journal);
                    if (outcome != Outcome.ANSWERED) unanswered.add(key);
                    // It may be about to come back, and comes the sooner the less its buyers keep the machine busy.
                    if (outcome == Outcome.DEAD) TimeUnit.MILLISECONDS.sleep(100);
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

    private void want(String key, Wanted what, Journal journal) throws IOException {
        wanted.put(key, what);
        journal.write("sent " + key + " " + what.path());
    }

    private Wanted wantedBy(String key) {
        return Objects.requireNonNull(wanted.get(key), "every key stands for something");
    }

    private Outcome send(String key, Journal journal) throws IOException {
        try {
            var what = wantedBy(key);
            var answer = post(key);
            if (answer.statusCode() != 201) lastRefusal = answer.statusCode() + " " + answer.body();
            if (answer.statusCode() == 503) return Outcome.DEAD;
            if (answer.statusCode() == 409
                    && (answer.body().contains("request_in_progress")
                            || answer.body().contains("payment_under_way"))) return Outcome.UNDER_WAY;
            // Whether the money was taken or given back is not known yet.
            if (answer.statusCode() == 202 && !what.isOrder()) return Outcome.UNDER_WAY;
            // A card that the gateway has not answered about yet is 202, the order is there all the same.
            if (answer.statusCode() != 200
                    && answer.statusCode() != 201
                    && !(answer.statusCode() == 202 && what.isByCard()))
                throw new AssertionError(what + ": " + answer.statusCode() + " " + answer.body());
            var id = JSON.readTree(answer.body()).at("/id").asLong();
            journal.write("acknowledged " + key + " " + id);
            var earlier = acknowledged.put(key, id);
            if (earlier != null && earlier != id) throw new AssertionError(key + " is " + earlier + " and " + id);
            if (earlier == null && answer.statusCode() != 202) goOn(key, what, id, journal);
            return Outcome.ANSWERED;
        } catch (IOException e) {
            lastRefusal = e.toString();
            return Outcome.DEAD;
        }
    }

    /** What is held is taken, and of one in two that was taken 50 pence go back. */
    private void goOn(String key, Wanted done, long id, Journal journal) throws IOException {
        if (!done.isByCard() && !done.path().endsWith("/capture")) return;
        if (done.isHeld()) {
            wantNext(new Wanted("/orders/" + id + "/capture", "{}"), journal);
        } else if (key.hashCode() % 2 == 0 && !done.path().endsWith("/refunds")) {
            wantNext(
                    new Wanted(
                            "/orders/" + id + "/refunds",
                            "{\"amount\": {\"amount\": 50, \"currency\": \"GBP\"}, \"reason\": \"other\"}"),
                    journal);
        }
    }

    private void wantNext(Wanted next, Journal journal) throws IOException {
        var key = UUID.randomUUID().toString();
        want(key, next, journal);
        unanswered.add(key);
    }

    private HttpResponse<String> post(String key) throws IOException {
        var what = wantedBy(key);
        try {
            return sendSignedIn(HttpRequest.newBuilder(server.address(what.path()))
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .timeout(Duration.ofSeconds(20))
                    .POST(BodyPublishers.ofString(what.body())));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String body(String key) {
        var first = Math.floorMod(key.hashCode(), ARTICLES);
        return """
                {"currency": "GBP", "payment": %s,
                 "lines": [{"sku": "A%d", "quantity": 1}, {"sku": "A%d", "quantity": 2}]}
                """.formatted(paymentOf(key), first, (first + 7) % ARTICLES);
    }

    /** One in three pays by card at once, one by a card of which the money is taken later. */
    private static String paymentOf(String key) {
        return switch (Math.floorMod(key.hashCode() / ARTICLES, 3)) {
            case 0 -> CARD;
            case 1 -> HELD;
            default -> INVOICE;
        };
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

    /** How much each kind of request was acknowledged. */
    String acknowledged() {
        var orders = acknowledged.keySet().stream()
                .filter(key -> wantedBy(key).isOrder())
                .count();
        return "%d orders and %d captures and refunds acknowledged".formatted(orders, acknowledged.size() - orders);
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

    /** What the server says was taken by card and not given back, by order, in pence. */
    Map<String, Long> keptByCard() throws Exception {
        var ids = new HashMap<String, String>();
        eachOrder(order -> {
            if (order.at("/payments/0/method").asString().equals("card"))
                ids.put(order.at("/id").asString(), order.at("/payments/0/id").asString());
        });
        var kept = new HashMap<String, Long>();
        for (var order : ids.entrySet()) {
            var amount =
                    get("/payments/" + order.getValue()).at("/captured/amount").asLong();
            for (var refund : get("/orders/" + order.getKey() + "/refunds").at("/items"))
                if (refund.at("/state").asString().equals("succeeded"))
                    amount -= refund.at("/amount/amount").asLong();
            kept.put(order.getKey(), amount);
        }
        kept.values().removeIf(amount -> amount == 0);
        return kept;
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
                        var answer = post(words[1]);
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

    int ordersSent() throws IOException {
        var keys = new HashSet<String>();
        for (var line : Files.readAllLines(journalFile)) {
            var words = line.split(" ", -1);
            if (words[0].equals("sent") && words[2].equals(ORDERS)) keys.add(words[1]);
        }
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

    JsonNode get(String path) throws Exception {
        return JSON.readTree(
                sendSignedIn(HttpRequest.newBuilder(server.address(path)).timeout(PATIENCE))
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
