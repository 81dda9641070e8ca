package kontor.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Keeps many connections busy from one thread, each sending its next request when the last answer is there. It shares
 * the machine with the server, so it does as little as it can: requests are written out beforehand, answers are only
 * measured. See docs/decisions/0030-load-comes-from-a-generator-of-our-own.md.
 */
final class LoadGenerator {
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOK_UP_MILLIS = 10;

    private final int expected;
    private final Selector selector;
    private final Histogram latencies = new Histogram(LONGEST, 3);
    private final Map<String, Long> others = new TreeMap<>();
    private long from;
    private long until;
    private int waiting;

    private LoadGenerator(int expected, Selector selector) {
        this.expected = expected;
        this.selector = selector;
    }

    /** One connection, and the request that is under way on it. */
    private static final class Connection {
        private final SocketChannel channel;
        private final Requests requests;
        private final Answers answers = new Answers();
        private @Nullable ByteBuffer sending;
        private long asked;

        Connection(SocketChannel channel, Requests requests) {
            this.channel = channel;
            this.requests = requests;
        }
    }

    /**
     * Measures. Answers with another status than the expected are counted apart, and not into the rate.
     *
     * @param connections what each connection sends
     * @param costs is asked when the measured time begins and ends; its answer is who has used how much processor time
     */
    static Measured run(
            String what,
            int port,
            List<Requests> connections,
            int expected,
            Duration warmUp,
            Duration measured,
            Costs costs)
            throws IOException {
        try (var selector = Selector.open()) {
            var generator = new LoadGenerator(expected, selector);
            var open = new ArrayList<Connection>();
            try {
                for (var requests : connections) open.add(generator.connect(port, requests));
                var cpu = generator.run(open, warmUp, measured, costs);
                var seconds = measured.toNanos() / 1e9;
                return Measured.of(what, connections.size(), seconds, generator.latencies)
                        .withOthers(generator.others)
                        .withCpu(cpu);
            } finally {
                for (var connection : open) connection.channel.close();
            }
        }
    }

    private Connection connect(int port, Requests requests) throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var connection = new Connection(channel, requests);
        channel.register(selector, SelectionKey.OP_READ, connection);
        return connection;
    }

    /** @return microseconds of processor time for each request, by who used it */
    private Map<String, Double> run(List<Connection> open, Duration warmUp, Duration measured, Costs costs)
            throws IOException {
        from = System.nanoTime() + warmUp.toNanos();
        until = from + measured.toNanos();
        var own = ManagementFactory.getThreadMXBean();
        var ownBefore = own.getCurrentThreadCpuTime();
        var before = costs.sample();
        var sampled = false;
        for (var connection : open) send(connection, System.nanoTime());
        while (System.nanoTime() - until < 0) {
            if (!sampled && System.nanoTime() - from >= 0) {
                sampled = true;
                ownBefore = own.getCurrentThreadCpuTime();
                before = costs.sample();
            }
            selector.select(this::serve, LOOK_UP_MILLIS);
        }
        var ownAfter = own.getCurrentThreadCpuTime();
        var after = costs.sample();
        finish();
        var answered = latencies.getTotalCount()
                + others.values().stream().mapToLong(Long::longValue).sum();
        var each = new TreeMap<String, Double>();
        each.put("generator", (ownAfter - ownBefore) / 1e3 / Math.max(1, answered));
        Costs.difference(before, after).forEach((who, nanos) -> each.put(who, nanos / 1e3 / Math.max(1, answered)));
        return each;
    }

    /** Waits for the answers that are still under way, so that the server is quiet afterwards. */
    private void finish() throws IOException {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (waiting > 0 && System.nanoTime() - deadline < 0) selector.select(this::serve, LOOK_UP_MILLIS);
        if (waiting > 0) throw new IOException(waiting + " requests were not answered in " + PATIENCE);
    }

    private void serve(SelectionKey key) {
        if (!(key.attachment() instanceof Connection connection)) return;
        try {
            if (key.isWritable()) write(connection, key);
            if (key.isReadable()) read(connection);
        } catch (IOException e) {
            throw new IllegalStateException("A connection broke", e);
        }
    }

    private void read(Connection connection) throws IOException {
        if (connection.channel.read(connection.answers.room()) < 0)
            throw new IOException("The server closed a connection");
        if (!connection.answers.isComplete()) return;
        var now = System.nanoTime();
        waiting--;
        if (now - from >= 0 && now - until < 0) count(connection, now);
        connection.answers.next();
        if (now - until < 0) send(connection, now);
    }

    private void count(Connection connection, long now) {
        var status = connection.answers.status();
        if (status == expected) latencies.recordValue(now - connection.asked);
        else others.merge(Integer.toString(status), 1L, Long::sum);
    }

    private void send(Connection connection, long now) throws IOException {
        connection.sending = connection.requests.next();
        connection.asked = now;
        waiting++;
        write(connection, connection.channel.keyFor(selector));
    }

    private static void write(Connection connection, SelectionKey key) throws IOException {
        var sending = connection.sending;
        if (sending == null) return;
        connection.channel.write(sending);
        if (sending.hasRemaining()) {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } else {
            connection.sending = null;
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
