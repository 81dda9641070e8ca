package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.UUID;
import java.util.stream.Stream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whatever is sent, the answer is a problem that says what is wrong, and nothing is written. */
@KontorTest
class BadInputTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    private TestUsers.TestUser buyer;
    private String mug;

    @BeforeEach
    void aBuyerAndAMug() {
        buyer = users.customer();
        mug = shop.article(255, 10);
    }

    static Stream<Arguments> brokenBodies() {
        var order =
                "{\"currency\":\"GBP\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}],\"payment\":{\"method\":\"invoice\"}}";
        return Stream.of(
                Arguments.of("empty", "", 400, ""),
                Arguments.of("null", "null", 400, ""),
                Arguments.of("an array", "[]", 400, ""),
                Arguments.of("a string", "\"order\"", 400, ""),
                Arguments.of("cut off", order.substring(0, 40), 400, ""),
                Arguments.of("something behind the end", order + "x", 400, ""),
                Arguments.of("two bodies", order + order, 400, ""),
                Arguments.of(
                        "a member twice", order.replace("\"quantity\":1", "\"quantity\":1,\"quantity\":9"), 400, ""),
                Arguments.of("10,000 deep", "[".repeat(10_000), 400, ""),
                Arguments.of("deep inside", order.replace("\"invoice\"", "[".repeat(5_000)), -1, ""),
                Arguments.of("an unknown member", order.replace("{\"cur", "{\"colour\":1,\"cur"), 422, "colour"),
                Arguments.of(
                        "an unknown member inside",
                        order.replace("\"quantity\"", "\"price\":1,\"quantity\""),
                        422,
                        "lines[0].price"),
                Arguments.of("a string for a number", order.replace(":1}", ":\"1\"}"), 422, "lines[0].quantity"),
                Arguments.of("a number for a string", order.replace("\"MUG\"", "7"), 422, "lines[0].sku"),
                Arguments.of("a fraction", order.replace(":1}", ":1.5}"), 422, "lines[0].quantity"),
                Arguments.of("a whole number with a point", order.replace(":1}", ":1.0}"), 422, "lines[0].quantity"),
                Arguments.of("2^63", order.replace(":1}", ":9223372036854775808}"), -1, "lines[0].quantity"),
                Arguments.of("1e400", order.replace(":1}", ":1e400}"), -1, "lines[0].quantity"),
                Arguments.of("NaN", order.replace(":1}", ":NaN}"), 400, ""),
                Arguments.of(
                        "a number of 100,000 digits", order.replace(":1}", ":" + "1".repeat(100_000) + "}"), -1, ""),
                Arguments.of("zero of it", order.replace(":1}", ":0}"), 422, "lines[0].quantity"),
                Arguments.of("minus one of it", order.replace(":1}", ":-1}"), 422, "lines[0].quantity"),
                Arguments.of("no quantity", order.replace(",\"quantity\":1", ""), 422, "lines[0].quantity"),
                Arguments.of("null for the quantity", order.replace(":1}", ":null}"), 422, "lines[0].quantity"),
                Arguments.of("no lines", order.replace("{\"sku\":\"MUG\",\"quantity\":1}", ""), 422, "lines"),
                Arguments.of(
                        "null among the lines",
                        order.replace("{\"sku\":\"MUG\",\"quantity\":1}", "null"),
                        422,
                        "lines[0]"),
                Arguments.of(
                        "an object for the lines",
                        order.replace("[{", "{\"a\":{").replace("}]", "}}"),
                        422,
                        "lines"),
                Arguments.of("no currency", order.replace("\"currency\":\"GBP\",", ""), 422, "currency"),
                Arguments.of("a currency in small letters", order.replace("GBP", "gbp"), 422, "currency"),
                Arguments.of("a long currency", order.replace("GBP", "EURO"), 422, "currency"),
                Arguments.of("no currency at all", order.replace("GBP", "XXX"), 422, "currency"),
                Arguments.of("an unknown SKU", order.replace("MUG", "NO-SUCH"), 422, "lines[0].sku"),
                Arguments.of("NUL in the SKU", order.replace("MUG", "M\\u0000G"), 422, "lines[0].sku"),
                Arguments.of("half a surrogate pair", order.replace("MUG", "\\ud800"), -1, ""),
                Arguments.of("a SKU of 1,000 characters", order.replace("MUG", "M".repeat(1000)), 422, "lines[0].sku"),
                Arguments.of(
                        "1,001 lines",
                        order.replace(
                                "{\"sku\":\"MUG\",\"quantity\":1}",
                                String.join(",", Collections.nCopies(1001, "{\"sku\":\"MUG\",\"quantity\":1}"))),
                        422,
                        "lines"),
                Arguments.of("no payment", order.replace(",\"payment\":{\"method\":\"invoice\"}", ""), 422, "payment"),
                Arguments.of("another payment", order.replace("invoice", "gold"), 422, "payment.method"),
                Arguments.of(
                        "a country that is none",
                        order.replace("\"payment\"", address("ZZ", "1 High St") + ",\"payment\""),
                        422,
                        "shipping_address.country"),
                Arguments.of(
                        "a street of 10 KB",
                        order.replace("\"payment\"", address("GB", "x".repeat(10_240)) + ",\"payment\""),
                        422,
                        "shipping_address.line1"),
                Arguments.of(
                        "a line break in the street",
                        order.replace("\"payment\"", address("GB", "1 High St\\nBcc: x") + ",\"payment\""),
                        422,
                        "shipping_address.line1"),
                Arguments.of(
                        "an unknown way to ship",
                        order.replace("\"payment\"", "\"shipping_option\":\"owl\",\"payment\""),
                        422,
                        "shipping_option"),
                Arguments.of(
                        "an expected total in another currency",
                        order.replace(
                                "\"payment\"", "\"expected_total\":{\"amount\":255,\"currency\":\"EUR\"},\"payment\""),
                        422,
                        "expected_total.currency"),
                Arguments.of(
                        "no e-mail address",
                        order.replace("\"payment\"", "\"email\":\"ann\",\"payment\""),
                        422,
                        "email"),
                Arguments.of(
                        "the status",
                        order.replace("\"payment\"", "\"status\":\"confirmed\",\"payment\""),
                        422,
                        "status"));
    }

    private static String address(String country, String line1) {
        return "\"shipping_address\":{\"name\":\"Ann Lee\",\"line1\":\"%s\",\"city\":\"Leeds\",\"country\":\"%s\"}"
                .formatted(line1, country);
    }

    /** @param status 400 or 422, or -1 where either is right */
    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenBodies")
    void aBrokenOrderIsRefusedAndNamesTheField(String what, String body, int status, String field) {
        var answer = api.as(buyer)
                .post(
                        "/orders",
                        body.replace("\"MUG\"", '"' + mug + '"'),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        if (status == -1) assertThat(answer.status()).as(answer.text()).isIn(400, 422);
        else assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.at("/code")).isNotEmpty();
        assertThat(answer.at("/request_id")).isEqualTo(answer.header("X-Request-Id"));
        if (!field.isEmpty()) assertThat(answer.text()).contains(field);
        if (status == 422) assertThat(answer.at("/errors/0/field")).isEqualTo(field);
        assertThat(answer.text())
                .doesNotContain("Exception")
                .doesNotContain("kontor.")
                .doesNotContain("tools.jackson");
        assertThat(ordersOfBuyer()).isZero();
        assertThat(shop.available(mug)).isEqualTo(10);
    }

    @Test
    void anAmountThatDoesNotFitIsRefused() {
        var gold = shop.article(1_000_000_000_000L, 1);
        var line = "{\"sku\":\"%s\",\"quantity\":1000000}".formatted(gold);
        var answer = api.as(buyer)
                .post(
                        "/orders",
                        "{\"currency\":\"GBP\",\"lines\":[%s],\"payment\":{\"method\":\"invoice\"}}"
                                .formatted(String.join(",", Collections.nCopies(20, line))),
                        "Idempotency-Key",
                        "gold");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/code")).isEqualTo("amount_too_large");
    }

    @Test
    void aBodyOfAnotherKindIsRefused() {
        for (var type : new String[] {"text/plain", "application/xml", "multipart/form-data; boundary=x"}) {
            var answer = api.as(buyer).post("/orders", "x", "Content-Type", type, "Idempotency-Key", "k");
            assertThat(answer.status()).as(type).isEqualTo(415);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }

    static Stream<String> brokenQueries() {
        return Stream.of("query=%zz", "query=%ff", "query=%", "=x", "a=1&".repeat(1_001), "%00=%zz");
    }

    @ParameterizedTest
    @MethodSource("brokenQueries")
    void aBrokenQueryIsRefused(String query) throws IOException {
        for (var path : new String[] {"/products", "/orders/1?x", "/users"}) {
            var address = path + (path.contains("?") ? "&" : "?") + query;
            var answer = raw("GET " + address + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(address).startsWith("HTTP/1.1 4").contains("application/problem+json");
            if (path.equals("/products")) assertThat(answer).contains("\"code\":\"malformed_query\"");
        }
    }

    @Test
    void partsAndFormsAreRefusedAtAnyAddress() {
        var forms = new String[][] {
            {"multipart/form-data", ""},
            {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut o"},
            {"multipart/form-data; boundary=x", "y".repeat(2_000_000)},
            {"application/x-www-form-urlencoded", "a=b"},
            {"application/x-www-form-urlencoded", "{\"name\":\"100%\"}"},
            {"application/x-www-form-urlencoded", "%ff"},
        };
        var staff = api.as(users.with("catalog:write"));
        var calls = new String[][] {
            {"POST", "/users"}, {"POST", "/nowhere"}, {"PATCH", "/products/1"}, {"DELETE", "/products/1"}
        };
        for (var form : forms)
            for (var call : calls) {
                var answer = staff.send(call[0], call[1], form[1], "Content-Type", form[0], "If-Match", "\"0\"");
                var what = call[0] + " " + call[1] + " " + form[0];
                assertThat(answer.status()).as(what).isBetween(400, 499);
                assertThat(answer.header("Content-Type")).as(what).isEqualTo("application/problem+json");
                assertThat(answer.text()).doesNotContain("Exception").doesNotContain("trace");
                if (call[0].equals("PATCH") || (call[1].equals("/users") && form[0].startsWith("multipart")))
                    assertThat(answer.status()).as(what).isIn(413, 415);
            }
    }

    @Test
    void theAddressOfErrorsIsOfNoUseToCallers() {
        var answer = api.get("/error", "Accept", "text/html");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.at("/code")).isEqualTo("not_found");
    }

    @Test
    void aBodyThatBreaksOffIsTheCallersMatter() throws IOException {
        var address = api.address("/");
        try (var socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("""
                            POST /users HTTP/1.1
                            Host: a
                            Content-Type: application/json
                            Content-Length: 100

                            {"name":""".replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"incomplete_body\"");
        }
    }

    @Test
    void aHugeBodyOfUntoldLengthIsRefused() throws IOException {
        var body = "{\"name\":\"" + "y".repeat(3_000_000);
        var answer = raw("POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                + "\r\n0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413").contains("\"code\":\"too_large\"");
    }

    @Test
    void aHugeBodyIsRefused() {
        var answer = api.as(buyer).post("/orders", "{\"x\":\"" + "y".repeat(3_000_000) + "\"}", "Idempotency-Key", "k");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.at("/code")).isEqualTo("too_large");
    }

    @Test
    void addressesThatLeadNowhereAreNotFound() {
        for (var path : new String[] {
            "/orders/0",
            "/orders/-1",
            "/orders/abc",
            "/orders/99999999999999999999",
            "/orders/1/nothing",
            "/nothing",
            "/orders/"
        }) {
            var answer = api.as(buyer).get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.header("Content-Type")).as(path).isEqualTo("application/problem+json");
        }
    }

    @Test
    void methodsThatAreNotTakenAreRefused() {
        assertThat(api.as(buyer).send("DELETE", "/orders", null).status()).isEqualTo(405);
        assertThat(api.as(buyer).send("TRACE", "/orders", null).status()).isIn(400, 405, 501);
        assertThat(api.as(buyer)
                        .post("/orders/1", "{}", "X-HTTP-Method-Override", "DELETE")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void anAnswerThatTheCallerCannotReadIsNotAnError() {
        var answer = api.as(buyer).get("/orders", "Accept", "image/png");
        assertThat(answer.status()).isEqualTo(406);
    }

    @Test
    void requestsThatAreNotHttpAreRefusedAndTheServerGoesOn() throws IOException {
        for (var request : new String[] {
            "GET /orders HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /orders HTTP/1.1\r\n\r\n",
            "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /orders/%2e%2e/users HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /orders;x=1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET //orders HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            "POST /orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "GET /orders HTTP/1.1\r\nHost: a\r\nX-Big: " + "x".repeat(100_000) + "\r\n\r\n",
            "NONSENSE\r\n\r\n",
        }) {
            var answer = raw(request);
            assertThat(answer)
                    .as(request.substring(0, Math.min(60, request.length())))
                    .startsWith("HTTP/1.1 4");
            assertThat(answer).doesNotContain("Exception").doesNotContain("Apache");
        }
        assertThat(api.as(buyer).get("/orders").status()).isEqualTo(200);
    }

    private String raw(String request) throws IOException {
        var address = URI.create(api.address("/").toString());
        try (var socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            var buffer = new byte[4096];
            var read = socket.getInputStream().read(buffer);
            return read < 0 ? "" : new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
        }
    }

    private long ordersOfBuyer() {
        return database.sql("SELECT count(*) FROM orders.orders WHERE customer_id = ?")
                .param(buyer.id())
                .query(Long.class)
                .single();
    }
}
