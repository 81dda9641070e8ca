package kontor.bench;

import static kontor.bench.UnderLoad.FEW;
import static kontor.bench.UnderLoad.WARM_AGAIN;

import java.io.IOException;
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
    /** Of slices, for each slice of another figure: two servers differ by less than their machine does meanwhile. */
    private static final int PAIRS = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final UnderLoad asked;
    private final Filling filling;
    private final Project project;
    private final Path data;
    private final Path twin;
    private final PaymentSimulator simulator;

    /** @param twin a copy of the data folder from when no server had it, for {@link Goal#B10} */
    ManyOrders(UnderLoad asked, Filling filling, Project project, Path data, Path twin, PaymentSimulator simulator) {
        this.asked = asked;
        this.filling = filling;
        this.project = project;
        this.data = data;
        this.twin = twin;
        this.simulator = simulator;
    }

    static boolean areWanted(Options options) {
        return options.wants(Goal.B10, Goal.B14);
    }

    void measure() throws Exception {
        var options = asked.options();
        asked.progress().heading("Kontor with many orders in the tables");
        asked.shop().empty();
        for (var audit : audits(options).entrySet()) {
            fill(audit.getKey());
            audit(audit.getValue());
        }
        if (options.wants(Goal.B10)) orders(options.orders());
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
        if (orders < B10_SPEAKS_OF)
            asked.results()
                    .note("B10 was measured with %,d orders in the tables; the goal speaks of %,d."
                            .formatted(orders, B10_SPEAKS_OF));
        besideTwin("64 connections, %,d orders before".formatted(orders));
    }

    /**
     * In turns with a second server whose tables are empty. Filling takes minutes, in which a machine that is shared
     * grows faster or slower by more than the goal allows: B3 from before it says nothing about now.
     */
    private void besideTwin(String what) throws Exception {
        var options = asked.options();
        try (var other = Server.start(project, twin, simulator.settings())) {
            var beside = new UnderLoad(
                    options, asked.progress(), asked.results(), new Shop(other.postgres()), other, asked.tokens());
            warmUp(beside); // as often as the other one was
            warmUp(asked);
            warmUp(beside);
            for (var pair = 1; pair <= PAIRS * options.slices(); pair++) {
                var twinFirst = pair % 2 == 0; // what one leaves to be written out falls to the other
                if (twinFirst) withNone(beside);
                asked.keep(Goal.B10, asked.load().orders(what, FEW, Demand.UNIFORM, WARM_AGAIN, options.measured()));
                if (!twinFirst) withNone(beside);
            }
        }
    }

    private static void warmUp(UnderLoad server) throws IOException {
        var options = server.options();
        server.load().orders("warming up", FEW, Demand.UNIFORM, options.warmUp(), options.measured());
    }

    private void withNone(UnderLoad beside) throws IOException, SQLException {
        beside.shop().empty();
        var none = beside.load()
                .orders(
                        "64 connections, none before",
                        FEW,
                        Demand.UNIFORM,
                        WARM_AGAIN,
                        asked.options().measured());
        asked.results().against(Goal.B10, none);
        asked.results().add(UnderLoad.PART, none);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
