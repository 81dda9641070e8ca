package kontor.bench;

import java.time.Duration;
import java.util.List;
import kontor.bench.Basket.Demand;

/** B1 and B2: the lanes without HTTP. */
final class InProcessFigures {
    private static final List<Integer> CALLERS = List.of(8, 64, 256, 1_024);
    private static final int COMPARED = 256;

    private final Options options;
    private final Progress progress;
    private final Results results;
    private final Shop shop;

    InProcessFigures(Options options, Progress progress, Results results, Shop shop) {
        this.options = options;
        this.progress = progress;
        this.results = results;
        this.shop = shop;
    }

    void measure(InProcess server, long firstBuyer, Profile profile) throws Exception {
        progress.heading("Kontor in this process");
        progress.measuring("warming up, %d callers".formatted(COMPARED));
        progress.measured(run(server, Demand.UNIFORM, COMPARED, firstBuyer, options.warmUp(), Duration.ofSeconds(2)));
        profile.begin(ProcessHandle.current().pid());
        for (var callers : CALLERS) {
            if (callers != COMPARED && !options.only().isEmpty()) continue;
            var measured = measured(server, Demand.UNIFORM, callers, firstBuyer);
            if (callers == COMPARED) results.set(Goal.B1, measured.perSecond());
        }
        profile.end("in-process");
        results.set(Goal.B2, measured(server, Demand.HOT, COMPARED, firstBuyer).perSecond());
    }

    private Measured measured(InProcess server, Demand demand, int callers, long firstBuyer) throws Exception {
        progress.measuring("%d callers%s".formatted(callers, demand == Demand.HOT ? ", one hot article" : ""));
        var measured = run(server, demand, callers, firstBuyer, Duration.ofSeconds(2), options.measured());
        progress.measured(measured);
        results.add(measured);
        return measured;
    }

    private Measured run(
            InProcess server, Demand demand, int callers, long firstBuyer, Duration warmUp, Duration measured)
            throws Exception {
        shop.empty();
        return server.run(demand, callers, firstBuyer, warmUp, measured);
    }
}
