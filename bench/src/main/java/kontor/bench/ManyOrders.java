package kontor.bench;

import static kontor.bench.UnderLoad.FEW;
import static kontor.bench.UnderLoad.WARM_AGAIN;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import kontor.bench.Basket.Demand;

/** B10 and B14: what a shop's past costs its present, and how long it takes to prove that all of it is right. */
final class ManyOrders {
    private static final long HUNDRED_THOUSAND = 100_000;
    private static final long MILLION = 1_000_000;
    private static final long B10_SPEAKS_OF = 5_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final UnderLoad asked;
    private final Filling filling;
    private final Project project;
    private final Path data;

    ManyOrders(UnderLoad asked, Filling filling, Project project, Path data) {
        this.asked = asked;
        this.filling = filling;
        this.project = project;
        this.data = data;
    }

    static boolean areWanted(Options options) {
        return options.wants(Goal.B10, Goal.B14);
    }

    /** B3 comes before the filling and after it: B10 is held against both. */
    void measure() throws Exception {
        var options = asked.options();
        asked.progress().heading("Kontor with many orders in the tables");
        if (options.wants(Goal.B10)) asked.fewConnections(Goal.B10);
        asked.shop().empty();
        for (var audit : audits(options).entrySet()) {
            fill(audit.getKey());
            audit(audit.getValue());
        }
        if (!options.wants(Goal.B10)) return;
        orders(options.orders());
        asked.fewConnections(Goal.B10);
    }

    /** After how many orders which audit is due. */
    static Map<Long, Goal> audits(Options options) {
        var audits = new TreeMap<Long, Goal>();
        if (options.wants(Goal.B14)) {
            audits.put(HUNDRED_THOUSAND, Goal.B14);
            if (options.orders() >= MILLION) audits.put(MILLION, Goal.B14_MILLION);
        }
        return audits;
    }

    private void fill(long orders) throws SQLException {
        var begun = System.nanoTime();
        filling.upTo(orders);
        asked.progress().note("filled up to %,d orders in %s s".formatted(orders, Figures.plain(seconds(begun))));
    }

    /** As a person would: the launcher, beside the running server. A figure only when it finds that everything holds. */
    private void audit(Goal goal) throws Exception {
        var log = project.scratch().resolve("audit.log");
        var begun = System.nanoTime();
        try (var audit = Command.start(project, log, Map.of(), "audit", "--data=" + data)) {
            var code = audit.await(PATIENCE);
            var seconds = seconds(begun);
            asked.progress()
                    .note("audited %,d orders in %s s: %s"
                            .formatted(asked.shop().orders(), Figures.plain(seconds), audit.conclusion()));
            if (code == 0) asked.results().set(goal, seconds);
            else
                asked.results()
                        .fail("%s: the audit ended with %d. %s".formatted(goal.title(), code, audit.conclusion()));
        }
    }

    private void orders(long orders) throws Exception {
        if (asked.shop().orders() > orders) asked.shop().empty();
        fill(orders);
        var options = asked.options();
        if (orders < B10_SPEAKS_OF)
            asked.results()
                    .note("B10 was measured with %,d orders in the tables; the goal speaks of %,d."
                            .formatted(orders, B10_SPEAKS_OF));
        for (var slice = 1; slice <= options.slices(); slice++)
            asked.keep(
                    Goal.B10,
                    asked.load()
                            .orders(
                                    "64 connections, %,d orders before".formatted(orders),
                                    FEW,
                                    Demand.UNIFORM,
                                    WARM_AGAIN,
                                    options.measured()));
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
