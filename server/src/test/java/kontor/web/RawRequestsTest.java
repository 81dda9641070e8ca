package kontor.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_32LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Requests as no client library would write them, byte by byte over a socket. */
@KontorTest
class RawRequestsTest {
    private static final String JSON = "Content-Type: application/json\r\n";
    /** What is smuggled in behind a request; its answer would be the second one. */
    private static final String SECOND = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\n\r\n";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    private Socket connect() throws IOException {
        var socket = new Socket("localhost", api.address("/").getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Everything that comes back until the server hangs up, as text of one character for each byte. */
    private String answerTo(byte[] request) throws IOException {
        try (var socket = connect()) {
            var received = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request);
                socket.getInputStream().transferTo(received);
            } catch (SocketException e) {
                // The server hung up before it had read everything; what it said before counts.
            }
            return received.toString(ISO_8859_1);
        }
    }

    private String answerTo(String request) throws IOException {
        return answerTo(request.getBytes(ISO_8859_1));
    }

    private String answerToBody(String path, String headers, byte[] body) throws IOException {
        var whole = new ByteArrayOutputStream();
        whole.writeBytes("POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n"
                .formatted(path, headers, body.length)
                .getBytes(ISO_8859_1));
        whole.writeBytes(body);
        return answerTo(whole.toByteArray());
    }

    private static int answersIn(String text) {
        return text.split("HTTP/1\\.1 (?!100)", -1).length - 1;
    }

    private void assertStillServing() {
        assertThat(api.as(users.customer()).get("/users/me").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\nContent-Length: 5\r\n\r\nhello!",
                "Content-Length: 6\r\nContent-Length: 6\r\n\r\nhello!",
                "Content-Length: 6, 6\r\n\r\nhello!",
                "Content-Length: +6\r\n\r\nhello!",
                "Content-Length: -6\r\n\r\nhello!",
                "Content-Length: 0x6\r\n\r\nhello!",
                "Content-Length: 99999999999999999999\r\n\r\nhello!",
                "Content-Length : 6\r\n\r\nhello!",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "X: y\u0000z\r\n\r\n",
                "X y: z\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\n\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            })
    void aRequestWhoseEndCanBeReadInTwoWaysIsRefusedAndNothingBehindItAnswered(String ambiguous) throws IOException {
        var answer = answerTo("POST /users HTTP/1.1\r\nHost: a\r\n" + JSON + ambiguous + SECOND);
        assertThat(answer).matches("(?s)HTTP/1\\.1 (4\\d\\d|501) .*");
        assertThat(answersIn(answer)).as(answer).isEqualTo(1);
        assertThat(answer).doesNotContain("Exception").doesNotContain("Apache");
        assertStillServing();
    }

    @Test
    void chunkSizesOfAGigabyteAreRefused() throws IOException {
        var head = "POST /users HTTP/1.1\r\nHost: a\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n";
        try (var socket = connect()) {
            var output = socket.getOutputStream();
            output.write((head + "40000000\r\n{\"name\":\"" + "y".repeat(1_500_000)).getBytes(ISO_8859_1));
            // Read no further: the server would wait for what was announced before it hangs up.
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            assertThat(answer.readLine()).startsWith("HTTP/1.1 413");
        }
        var line = answerTo(head + "5;" + "x".repeat(1_000_000) + "\r\nhello\r\n0\r\n\r\n");
        assertThat(line).matches("(?s)(HTTP/1\\.1 4\\d\\d .*)?"); // or the connection is only closed
        assertStillServing();
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws IOException {
        var crooked = List.of(
                "\u00c3(",
                "\u00c0\u00af",
                "\u00c0\u0080",
                "\u00e0\u0080\u00af",
                "\u00ed\u00a0\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00ff",
                "\u0000");
        var body = "{\"name\":\"A%s\",\"email\":\"crooked@example.org\",\"password\":\"long enough, I say\"}";
        var bodies = new ArrayList<byte[]>();
        for (var each : crooked) bodies.add(body.formatted(each).getBytes(ISO_8859_1));
        for (var other : List.of(UTF_16, UTF_16LE, UTF_16BE, UTF_32LE))
            bodies.add(body.formatted("nn").getBytes(other));
        for (var each : bodies)
            assertThat(answerToBody("/users", JSON, each))
                    .startsWith("HTTP/1.1 400")
                    .contains("\"code\":\"malformed_json\"");
        var good = body.formatted("\u00e4 \u20ac \ud83d\ude42").replace("crooked", "straight" + System.nanoTime());
        assertThat(answerToBody("/users", JSON, good.getBytes(UTF_8))).startsWith("HTTP/1.1 201");
    }

    @Test
    void aByteOrderMarkIsTakenEverywhere() throws IOException {
        var login = "\uFEFF{\"email\":\"nobody@example.org\",\"password\":\"long enough, I say\"}";
        assertThat(answerToBody("/login", JSON, login.getBytes(UTF_8))).startsWith("HTTP/1.1 401");
        var order = "\uFEFF{\"currency\":\"GBP\"}";
        var authorized = JSON + "Idempotency-Key: bom\r\nAuthorization: Bearer "
                + users.customer().token() + "\r\n";
        assertThat(answerToBody("/orders", authorized, order.getBytes(UTF_8))).startsWith("HTTP/1.1 422");
    }

    @Test
    void aBodyOfNoNamedKindIsRefused() throws IOException {
        assertThat(answerToBody("/users", "", "{}".getBytes(UTF_8))).startsWith("HTTP/1.1 415");
    }

    @Test
    void compressedBodiesAreRefusedUnread() {
        for (var path : List.of("/users", "/login", "/orders", "/products", "/gateways/stripe/webhook")) {
            var answer =
                    api.as(users.admin()).post(path, "{}", "Content-Encoding", "gzip", "Idempotency-Key", "zipped");
            assertThat(answer.status()).as(path).isEqualTo(415);
            assertThat(answer.at("/code")).isEqualTo("unsupported_encoding");
        }
    }

    @Test
    void aThousandHeadersOrOneOfAHundredKilobytesAreRefused() throws IOException {
        var many = new StringBuilder("GET /products HTTP/1.1\r\nHost: a\r\n");
        for (var i = 0; i < 1_000; i++) many.append("X-").append(i).append(": y\r\n");
        assertThat(answerTo(many + "\r\n")).matches("(?s)HTTP/1\\.1 (400|431) .*");
        assertThat(answerTo("GET /products HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(100_000) + "\r\n\r\n"))
                .matches("(?s)HTTP/1\\.1 (400|431) .*");
        assertThat(answerTo("GET /products?query=" + "y".repeat(100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .matches("(?s)HTTP/1\\.1 (400|414) .*");
    }

    @Test
    void aPatternThatWouldKeepAMatcherBusyIsAnOrdinaryText() {
        var answer = api.as(users.admin()).get("/products?query=(a%2B)%2B%24" + "a".repeat(60));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/items").size()).isZero();
    }

    @Test
    void aRequestWithoutAHostIsRefused() throws IOException {
        assertThat(answerTo("GET /products HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(answerTo("GET /products HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(answerTo("GET /products HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void tenThousandRequestsInOneGoAreAnsweredOneAfterTheOther() throws Exception {
        var token = users.customer().token();
        var request = "GET /users/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n%s\r\n";
        try (var socket = connect();
                var writer = Executors.newSingleThreadExecutor()) {
            var written = writer.submit(() -> {
                var output = socket.getOutputStream();
                for (var i = 1; i < 10_000; i++)
                    output.write(request.formatted("").getBytes(ISO_8859_1));
                output.write(request.formatted("Connection: close\r\n").getBytes(ISO_8859_1));
                return true;
            });
            var answers = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(written.get()).isTrue();
            assertThat(answersIn(answers)).isEqualTo(10_000);
            assertThat(answers.split("HTTP/1\\.1 (200|429)", -1)).hasSize(10_001);
        }
        assertStillServing();
    }

    @Test
    void fiveHundredCallersWhoDribbleKeepNobodyElseWaiting() throws IOException {
        var healthy = api.as(users.customer());
        var dribbling = new ArrayList<Socket>();
        try {
            for (var i = 0; i < 500; i++) {
                var socket = connect();
                dribbling.add(socket);
                var head = i % 2 == 0
                        ? "GET /products HTTP/1.1\r\nHost: a\r\nX-Slow: "
                        : "POST /users HTTP/1.1\r\nHost: a\r\n" + JSON + "Content-Length: 100000\r\n\r\n{\"name\":\"";
                socket.getOutputStream().write(head.getBytes(ISO_8859_1));
            }
            for (var round = 0; round < 20; round++) {
                for (var socket : dribbling) socket.getOutputStream().write('y');
                assertThat(healthy.get("/users/me").status()).isEqualTo(200);
            }
        } finally {
            for (var socket : dribbling) socket.close();
        }
        assertThat(IntStream.range(0, 20).map(_ -> healthy.get("/users/me").status()))
                .containsOnly(200);
    }
}
