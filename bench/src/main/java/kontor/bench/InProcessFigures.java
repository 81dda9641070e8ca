package kontor.bench;

import java.time.Duration;
import java.util.List;
import kontor.bench.Basket.Demand;

/** B1 and B2 in turns: the lanes without HTTP. */
final class InProcessFigures {
    private static final String PART = "Kontor in this process";
    private static final int COMPARED = 256;
    private static final List<Integer> BESIDE = List.of(8, 64, 1_024);

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
        progress.heading(PART);
        progress.measuring("warming up, %d callers".formatted(COMPARED));
        progress.measured(run(server, Demand.UNIFORM, COMPARED, firstBuyer, options.warmUp(), Duration.ofSeconds(2)));
        profile.begin(ProcessHandle.current().pid());
        if (options.only().isEmpty())
            for (var callers : BESIDE) results.add(PART, measured(server, Demand.UNIFORM, callers, firstBuyer));
        for (var slice = 1; slice <= options.slices(); slice++) {
            results.slice(PART, Goal.B1, measured(server, Demand.UNIFORM, COMPARED, firstBuyer));
            results.slice(PART, Goal.B2, measured(server, Demand.HOT, COMPARED, firstBuyer));
        }
        profile.end("in-process");
    }

    private Measured measured(InProcess server, Demand demand, int callers, long firstBuyer) throws Exception {
        progress.measuring("%d callers%s".formatted(callers, demand == Demand.HOT ? ", one hot article" : ""));
        var measured = run(server, demand, callers, firstBuyer, Duration.ofSeconds(2), options.measured());
        progress.measured(measured);
        return measured;
    }

    private Measured run(
            InProcess server, Demand demand, int callers, long firstBuyer, Duration warmUp, Duration measured)
            throws Exception {
        shop.empty();
        return server.run(demand, callers, firstBuyer, warmUp, measured);
    }
}
