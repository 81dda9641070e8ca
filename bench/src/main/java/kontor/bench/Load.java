package kontor.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import kontor.bench.Basket.Demand;

/** What is sent to a server over HTTP, and told about at the terminal. */
final class Load {
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int CONFLICT = 409;

    private final Server server;
    private final List<String> tokens;
    private final Progress progress;
    private final Costs costs;

    /**
     * @param tokens of the buyers, who are shared out among the connections
     * @param costs of all that work for a request
     */
    Load(Server server, List<String> tokens, Progress progress, Costs costs) {
        this.server = server;
        this.tokens = tokens;
        this.progress = progress;
        this.costs = costs;
    }

    /** Orders on invoice, taken or, when sold out, refused. */
    Measured orders(String what, int connections, Demand demand, Duration warmUp, Duration measured)
            throws IOException {
        var expected = demand == Demand.SOLD_OUT ? CONFLICT : CREATED;
        return run(
                what,
                connections,
                expected,
                warmUp,
                measured,
                (ofConnection, seed) -> Requests.orders(server.port(), ofConnection, demand, Requests.INVOICE, seed));
    }

    /** Orders paid by card. */
    Measured cardOrders(String what, int connections, Duration warmUp, Duration measured) throws IOException {
        return run(
                what,
                connections,
                CREATED,
                warmUp,
                measured,
                (ofConnection, seed) ->
                        Requests.orders(server.port(), ofConnection, Demand.UNIFORM, Requests.CARD, seed));
    }

    /** One page again and again; {@code etag} is its own for callers who have it already, else "". */
    Measured pages(String what, String path, String etag, int connections, Duration warmUp, Duration measured)
            throws IOException {
        return run(
                what,
                connections,
                etag.isEmpty() ? OK : NOT_MODIFIED,
                warmUp,
                measured,
                (ofConnection, _) -> Requests.pages(server.port(), path, ofConnection, etag));
    }

    private interface OfConnection {
        Requests requests(List<String> tokens, long seed);
    }

    private Measured run(
            String what, int connections, int expected, Duration warmUp, Duration measured, OfConnection kind)
            throws IOException {
        progress.measuring(what);
        var requests = new ArrayList<Requests>();
        for (var connection = 0; connection < connections; connection++) {
            var own = IntStream.iterate(connection, i -> i < tokens.size(), i -> i + connections)
                    .mapToObj(tokens::get)
                    .toList();
            requests.add(kind.requests(own, System.nanoTime() + connection));
        }
        var result = LoadGenerator.run(what, server.port(), requests, expected, warmUp, measured, costs);
        progress.measured(result);
        return result;
    }
}
