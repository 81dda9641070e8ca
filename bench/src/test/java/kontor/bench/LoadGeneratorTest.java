package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private static final String BUSY = "HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n";
    private static final Duration WARM_UP = Duration.ofMillis(50);
    private static final Duration MEASURED = Duration.ofSeconds(1);

    private final AtomicLong asked = new AtomicLong();
    private ServerSocket server;
    private volatile int closeAfter = Integer.MAX_VALUE;

    @BeforeEach
    void aServerThatRefusesEveryFourth() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    var connection = server.accept();
                    Thread.startVirtualThread(() -> answer(connection));
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void countsWhatIsExpectedAndOtherAnswersApart() throws IOException {
        var measured = run(8);
        assertThat(measured.clients()).isEqualTo(8);
        assertThat(measured.done()).isPositive();
        assertThat(measured.others()).containsOnlyKeys("503");
        long refused = measured.others().getOrDefault("503", 0L);
        var counted = measured.done() + refused;
        assertThat(counted).isLessThan(asked.get()); // some were asked while warming up
        assertThat(refused * 4).isBetween(counted - 8 * 4, counted + 8 * 4);
        assertThat(measured.p50()).isPositive().isLessThanOrEqualTo(measured.p99());
        assertThat(measured.cpu()).containsOnlyKeys("generator", "this test");
        assertThat(measured.cpu().getOrDefault("generator", 0.0)).isPositive();
    }

    @Test
    void aConnectionThatTheServerClosesEndsTheMeasurement() {
        closeAfter = 3;
        assertThatThrownBy(() -> run(2)).hasRootCauseMessage("The server closed a connection");
    }

    private Measured run(int connections) throws IOException {
        var requests = IntStream.range(0, connections)
                .mapToObj(i -> Requests.pages(server.getLocalPort(), "/", List.of("t"), ""))
                .toList();
        return LoadGenerator.run(
                "pages",
                server.getLocalPort(),
                requests,
                200,
                WARM_UP,
                MEASURED,
                new Costs(Map.of("this test", ProcessHandle.current().pid())));
    }

    private void answer(Socket connection) {
        try (connection;
                var in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
            for (var answered = 0; answered < closeAfter; answered++) {
                for (var line = in.readLine(); !"".equals(line); line = in.readLine()) if (line == null) return;
                var answer = asked.incrementAndGet() % 4 == 0 ? BUSY : OK;
                // In two pieces, as networks do.
                var bytes = answer.getBytes(StandardCharsets.US_ASCII);
                connection.getOutputStream().write(bytes, 0, 10);
                connection.getOutputStream().flush();
                connection.getOutputStream().write(bytes, 10, bytes.length - 10);
            }
        } catch (IOException e) {
            // the generator has hung up
        }
    }
}
