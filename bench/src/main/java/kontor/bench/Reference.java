package kontor.bench;

import java.time.Duration;
import java.util.Optional;
import kontor.bench.Basket.Demand;
import kontor.bench.RawOrders.Style;
import kontor.bench.Variant.Driver;

/** Measures what the database does without Kontor, before and after Kontor and equally often. */
final class Reference {
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final Options options;
    private final Progress progress;
    private final RawSpeed speed;

    Reference(Options options, Progress progress, RawSpeed speed) {
        this.options = options;
        this.progress = progress;
        this.speed = speed;
    }

    /** Whether a figure that is asked for is held against it. */
    static boolean isWanted(Options options) {
        return options.wants(Goal.B1, Goal.B3, Goal.B4);
    }

    /** Before Kontor; in a full run also what one client and a hot article do to it. */
    void measureBefore(RawOrders raw, Optional<Pgbench> pgbench) throws Exception {
        progress.heading("PostgreSQL alone, one order per transaction");
        if (pgbench.isEmpty()) progress.note("pgbench is not installed, so that JDBC alone makes the reference.");
        for (var style : Style.values()) raw.run(style, Demand.UNIFORM, 8, WARM_UP, Duration.ofSeconds(1));
        for (var round = 1; round <= options.rounds(); round++)
            for (var variant : Variant.compared(pgbench.isPresent()))
                speed.before(variant, measured(variant, raw, pgbench));
        if (options.only().isEmpty() && !options.quick())
            for (var variant : Variant.beside()) speed.before(variant, measured(variant, raw, pgbench));
    }

    /** After Kontor: the same that may be the reference. */
    void measureAfter(RawOrders raw, Optional<Pgbench> pgbench) throws Exception {
        progress.heading("PostgreSQL alone, once more");
        for (var round = 1; round <= options.rounds(); round++)
            for (var variant : Variant.compared(pgbench.isPresent()))
                speed.after(variant, measured(variant, raw, pgbench));
        speed.best()
                .ifPresent(best -> progress.note("best by its mean: %s, %,.0f /s; all of them after Kontor: %+.0f %%"
                        .formatted(best.variant().words(), best.mean(), 100 * speed.drift())));
    }

    private Measured measured(Variant variant, RawOrders raw, Optional<Pgbench> pgbench) throws Exception {
        progress.measuring(variant.words());
        var measured = variant.driver() == Driver.JDBC
                ? raw.run(variant.style(), variant.demand(), variant.clients(), WARM_UP, options.measured())
                : pgbench.orElseThrow()
                        .run(variant.style(), variant.demand(), variant.clients(), raw, WARM_UP, options.measured());
        progress.measured(measured);
        return measured;
    }
}
