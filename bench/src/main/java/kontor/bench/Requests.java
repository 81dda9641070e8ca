package kontor.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The requests of one connection, written out beforehand: only the idempotency key and the articles are put in for each.
 * Its buyers take turns.
 */
final class Requests {
    private static final String KEY = "????????-????-4???-a???-????????????";
    private static final int KEY_SECOND_HALF = 20;
    private static final String SKU = "######";
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String ADDRESS = """
            {"name":"Ann Lee","line1":"1 High Street","city":"Leeds","postal_code":"LS1 1AA","country":"GB"}""";
    static final String INVOICE = """
            {"method":"invoice"}""";
    static final String CARD = """
            {"method":"card","gateway":"stripe","token":"pm_card_visa"}""";

    private final List<Request> ofBuyers;
    private final Basket.Demand demand;
    private final SplittableRandom random;
    private int turn;

    private Requests(List<Request> ofBuyers, Basket.Demand demand, long seed) {
        this.ofBuyers = ofBuyers;
        this.demand = demand;
        this.random = new SplittableRandom(seed);
    }

    /** One buyer's request, with the places where it changes. */
    private record Request(ByteBuffer bytes, int keyAt, List<Integer> skusAt) {
        static Request of(String head, String body) {
            var text = head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            var bytes = text.getBytes(StandardCharsets.US_ASCII);
            var skus = new ArrayList<Integer>();
            for (var at = text.indexOf(SKU); at >= 0; at = text.indexOf(SKU, at + 1)) skus.add(at);
            return new Request(
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), text.indexOf(KEY), List.copyOf(skus));
        }
    }

    /** Orders as a shop sends them, each under a key of its own. */
    static Requests orders(int port, List<String> tokens, Basket.Demand demand, String payment, long seed) {
        var body = "{\"currency\":\"GBP\",\"lines\":[" + line() + "," + line() + "," + line()
                + "],\"shipping_address\":" + ADDRESS + ",\"shipping_option\":\"express\",\"payment\":" + payment + "}";
        return of(
                tokens,
                demand,
                seed,
                token -> Request.of(
                        head("POST", "/orders", port, token) + "Content-Type: application/json\r\nIdempotency-Key: "
                                + KEY + "\r\n",
                        body));
    }

    /** The same page again and again; {@code etag} is its own when the caller has it already, else "". */
    static Requests pages(int port, String path, List<String> tokens, String etag) {
        var condition = etag.isEmpty() ? "" : "If-None-Match: " + etag + "\r\n";
        return of(tokens, Basket.Demand.UNIFORM, 0, token -> {
            var bytes = (head("GET", path, port, token) + condition + "\r\n").getBytes(StandardCharsets.US_ASCII);
            return new Request(
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), -1, List.of());
        });
    }

    private static Requests of(
            List<String> tokens, Basket.Demand demand, long seed, Function<String, Request> request) {
        return new Requests(tokens.stream().map(request).toList(), demand, seed);
    }

    private static String head(String method, String path, int port, String token) {
        return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUser-Agent: kontor-bench\r\nAccept: application/json\r\nAuthorization: Bearer " + token + "\r\n";
    }

    private static String line() {
        return "{\"sku\":\"" + SKU + "\",\"quantity\":" + Basket.QUANTITY + "}";
    }

    /** The next request, to be sent whole before the one after it is asked for. */
    ByteBuffer next() {
        var request = ofBuyers.get(turn);
        turn = turn + 1 == ofBuyers.size() ? 0 : turn + 1;
        var bytes = request.bytes().rewind();
        if (request.keyAt() >= 0) putKey(bytes, request.keyAt());
        if (!request.skusAt().isEmpty()) {
            var articles = Basket.random(demand, random).articles();
            for (var i = 0; i < articles.size(); i++)
                putSku(bytes, request.skusAt().get(i), articles.get(i));
        }
        return bytes;
    }

    private void putKey(ByteBuffer bytes, int keyAt) {
        var bits = random.nextLong();
        for (var i = 0; i < KEY.length(); i++) {
            if (KEY.charAt(i) != '?') continue;
            if (i == KEY_SECOND_HALF) bits = random.nextLong();
            bytes.put(keyAt + i, HEX[(int) bits & 15]);
            bits >>>= 4;
        }
    }

    private static void putSku(ByteBuffer bytes, int at, Article article) {
        var sku = article.sku();
        for (var i = 0; i < sku.length(); i++) bytes.put(at + i, (byte) sku.charAt(i));
    }
}
