package kontor.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The payment simulator of a run: a process of its own, and keys that are made up for this run. */
final class PaymentSimulator {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LOOK_EVERY_MILLIS = 20;

    private final int port = Server.freePort();
    private final String secretKey = "sk_test_" + random();
    private final String webhookSecret = "whsec_" + random();

    /** Chooses where it will listen; it is started later, so that it takes no time from what is measured before. */
    PaymentSimulator() throws IOException {}

    /** A server's settings, to be paid through it. */
    Map<String, String> settings() {
        return Map.of(
                "KONTOR_PAYMENTS_STRIPE_API_BASE", "http://localhost:" + port,
                "KONTOR_PAYMENTS_STRIPE_SECRET_KEY", secretKey,
                "KONTOR_PAYMENTS_STRIPE_WEBHOOK_SECRETS", webhookSecret);
    }

    /**
     * Returns when it takes requests.
     *
     * @param data its book is kept below it
     * @param server the port of who is told of its events
     */
    Command start(Project project, Path data, int server) throws IOException, InterruptedException {
        var command = Command.start(
                project,
                project.scratch().resolve("simulator.log"),
                Map.of(),
                "simulator",
                "--port=" + port,
                "--data=" + data,
                "--secret-key=" + secretKey,
                "--webhook-url=http://localhost:" + server + "/gateways/stripe/webhook",
                "--webhook-secret=" + webhookSecret);
        try {
            awaitReady(command);
        } catch (RuntimeException e) {
            command.close();
            throw e;
        }
        return command;
    }

    private void awaitReady(Command command) throws InterruptedException {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            command.requireAlive();
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(LOOK_EVERY_MILLIS); // nobody listens there yet
            }
        }
        throw new IllegalStateException("The simulator is not there after " + PATIENCE + ": " + command.said());
    }

    private static String random() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
