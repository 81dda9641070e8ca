package kontor.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import kontor.bench.Basket.Demand;

/**
 * A server that is asked over HTTP, and where the figures about it go.
 *
 * @param tokens of the buyers
 */
record UnderLoad(Options options, Progress progress, Results results, Shop shop, Server server, List<String> tokens) {
    static final String PART = "Kontor over HTTP";
    static final int FEW = 64;
    /** When the same requests were warm already and only others came between. */
    static final Duration WARM_AGAIN = Duration.ofSeconds(2);

    Load load() {
        return load(server.costs());
    }

    /** @param costs of all that work for a request */
    Load load(Costs costs) {
        return new Load(server, tokens, progress, costs);
    }

    /** A slice of B3. */
    Measured fewConnections() throws IOException, SQLException {
        shop.empty();
        var measured = load().orders("64 connections", FEW, Demand.UNIFORM, WARM_AGAIN, options.measured());
        keep(Goal.B3, measured);
        results.largest(Goal.B3_P99, measured.p99Millis());
        return measured;
    }

    /** A slice of B3 that this goal in particular is held against. */
    void fewConnections(Goal against) throws IOException, SQLException {
        results.against(against, fewConnections());
    }

    /** A slice of a goal's rate. */
    void keep(Goal goal, Measured measured) {
        results.slice(PART, goal, measured);
    }
}
