package kontor.simulator;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a simulator is started.
 *
 * @param address to listen on; the loopback address unless other machines have to reach it
 * @param port 0 takes any free one
 * @param data the book lies in {@code simulator/} below it
 * @param publicUrl where the buyer's browser finds the simulator's pages; {@code null} for localhost
 * @param secretKey the only one accepted; {@code null} accepts every {@code sk_test_…}
 * @param webhook where events go; {@code null} sends none
 * @param fees what it keeps of what it captures
 * @param payoutEvery how often it pays the balance out by itself; {@code null} for only when it is told to
 */
public record SimulatorOptions(
        String address,
        int port,
        Path data,
        @Nullable URI publicUrl,
        @Nullable String secretKey,
        @Nullable WebhookTarget webhook,
        Fees fees,
        @Nullable Duration payoutEvery) {
    /** @param secret signs every message, {@code whsec_…} at Stripe */
    public record WebhookTarget(URI url, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return url.toString();
        }
    }

    private static final List<String> NAMES = List.of(
            "--port",
            "--data",
            "--webhook-url",
            "--webhook-secret",
            "--secret-key",
            "--address",
            "--public-url",
            "--fee-basis-points",
            "--fee-fixed",
            "--dispute-fee",
            "--payout-seconds");
    private static final int LARGEST = 1_000_000;

    /** The simulator of {@code kontor demo}: port 8090, data beside the server's, no webhooks. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions("127.0.0.1", 8090, Path.of(".kontor"), null, null, null, Fees.USUAL, null);
    }

    public SimulatorOptions onPort(int port) {
        return new SimulatorOptions(address, port, data, publicUrl, secretKey, webhook, fees, payoutEvery);
    }

    public SimulatorOptions in(Path data) {
        return new SimulatorOptions(address, port, data, publicUrl, secretKey, webhook, fees, payoutEvery);
    }

    public SimulatorOptions acceptingOnly(String secretKey) {
        return new SimulatorOptions(address, port, data, publicUrl, secretKey, webhook, fees, payoutEvery);
    }

    public SimulatorOptions sendingTo(URI url, String secret) {
        return new SimulatorOptions(
                address, port, data, publicUrl, secretKey, new WebhookTarget(url, secret), fees, payoutEvery);
    }

    public SimulatorOptions charging(Fees fees) {
        return new SimulatorOptions(address, port, data, publicUrl, secretKey, webhook, fees, payoutEvery);
    }

    public SimulatorOptions payingOutEvery(Duration period) {
        return new SimulatorOptions(address, port, data, publicUrl, secretKey, webhook, fees, period);
    }

    /**
     * @param args {@code --name value} or {@code --name=value}
     * @throws IllegalArgumentException with a sentence for the person who typed them
     */
    static SimulatorOptions parse(String... args) {
        var given = new HashMap<String, String>();
        for (var i = 0; i < args.length; i++) {
            var equals = args[i].indexOf('=');
            var name = equals < 0 ? args[i] : args[i].substring(0, equals);
            if (!NAMES.contains(name)) throw new IllegalArgumentException(name + " is not an option");
            if (equals < 0 && i + 1 == args.length) throw new IllegalArgumentException(name + " needs a value");
            given.put(name, equals < 0 ? args[++i] : args[i].substring(equals + 1));
        }
        return new SimulatorOptions(
                given.getOrDefault("--address", defaults().address()),
                portIn(given),
                Path.of(given.getOrDefault("--data", defaults().data().toString())),
                addressIn(given, "--public-url"),
                given.get("--secret-key"),
                webhookIn(given),
                feesIn(given),
                given.containsKey("--payout-seconds")
                        ? Duration.ofSeconds(wholeIn(given, "--payout-seconds", 1, 1, LARGEST))
                        : null);
    }

    private static Fees feesIn(Map<String, String> given) {
        var usual = Fees.USUAL;
        return new Fees(
                (int) wholeIn(given, "--fee-basis-points", usual.basisPoints(), 0, 10_000),
                wholeIn(given, "--fee-fixed", usual.fixed(), 0, LARGEST),
                wholeIn(given, "--dispute-fee", usual.dispute(), 0, LARGEST));
    }

    private static long wholeIn(Map<String, String> given, String name, long otherwise, long least, long most) {
        var value = given.get(name);
        if (value == null) return otherwise;
        if (!value.matches("[0-9]{1,9}") || Long.parseLong(value) < least || Long.parseLong(value) > most) {
            throw new IllegalArgumentException(
                    name + " is a whole number from " + least + " to " + most + ": " + value);
        }
        return Long.parseLong(value);
    }

    private static int portIn(Map<String, String> given) {
        var port = given.get("--port");
        if (port == null) return defaults().port();
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("--port is not a port: " + port);
        }
        return Integer.parseInt(port);
    }

    private static @Nullable WebhookTarget webhookIn(Map<String, String> given) {
        var url = addressIn(given, "--webhook-url");
        if (url == null) return null;
        var secret = given.get("--webhook-secret");
        if (secret == null || secret.isBlank()) {
            throw new IllegalArgumentException("--webhook-url needs a --webhook-secret to sign with");
        }
        return new WebhookTarget(url, secret);
    }

    private static @Nullable URI addressIn(Map<String, String> given, String name) {
        var address = given.get(name);
        if (address == null) return null;
        if (!WebAddress.isOne(address)) throw new IllegalArgumentException(name + " is not a web address: " + address);
        return URI.create(address);
    }
}
