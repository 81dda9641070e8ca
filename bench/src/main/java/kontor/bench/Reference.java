package kontor.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import kontor.bench.Basket.Demand;
import kontor.bench.RawOrders.Style;

/** What the database does without Kontor, measured before and after Kontor. */
final class Reference {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final List<Integer> CLIENTS = List.of(1, 8, 32);
    /** How many clients were ever best; only these are measured where only the best counts. */
    private static final List<Integer> CLIENTS_FOR_BEST = List.of(8, 32);

    private final Options options;
    private final Progress progress;
    private final List<Measured> before = new ArrayList<>();
    private final List<Measured> after = new ArrayList<>();
    private final List<Measured> hot = new ArrayList<>();

    Reference(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Before Kontor; everything when all figures are asked for, else what may be the best. */
    void measureBefore(RawOrders raw, Optional<Pgbench> pgbench) throws Exception {
        progress.heading("PostgreSQL alone, one order per transaction");
        for (var style : Style.values()) raw.run(style, Demand.UNIFORM, 8, WARM_UP, Duration.ofSeconds(1));
        var everything = options.only().isEmpty();
        for (var style : Style.values()) {
            if (style == Style.SEPARATE && !everything) continue;
            for (var clients : everything ? CLIENTS : CLIENTS_FOR_BEST)
                before.add(jdbc(raw, style, Demand.UNIFORM, clients));
        }
        if (everything)
            for (var style : Style.values()) for (var clients : CLIENTS) hot.add(jdbc(raw, style, Demand.HOT, clients));
        if (pgbench.isEmpty()) progress.note("pgbench is not installed, so that JDBC alone makes the reference.");
        else before.addAll(pgbench(pgbench.get(), raw));
        progress.note("best: %,.0f /s".formatted(best(before)));
    }

    /** After Kontor: what may be the best, for the drift. */
    void measureAfter(RawOrders raw, Optional<Pgbench> pgbench) throws Exception {
        progress.heading("PostgreSQL alone, once more");
        for (var style : List.of(Style.FUNCTION, Style.STATEMENT))
            for (var clients : CLIENTS_FOR_BEST) after.add(jdbc(raw, style, Demand.UNIFORM, clients));
        if (pgbench.isPresent()) after.addAll(pgbench(pgbench.get(), raw));
        progress.note("best: %,.0f /s, %+.0f %% of before".formatted(best(after), 100 * drift()));
    }

    private Measured jdbc(RawOrders raw, Style style, Demand demand, int clients) throws Exception {
        progress.measuring(
                "%s%s, %d clients".formatted(style.words(), demand == Demand.HOT ? ", one hot article" : "", clients));
        var measured = raw.run(style, demand, clients, WARM_UP, options.measured());
        progress.measured(measured);
        return measured;
    }

    private List<Measured> pgbench(Pgbench pgbench, RawOrders raw) throws Exception {
        var runs = new ArrayList<Measured>();
        for (var style : List.of(Style.FUNCTION, Style.STATEMENT)) {
            for (var clients : CLIENTS_FOR_BEST) {
                progress.measuring("%s through pgbench, %d clients".formatted(style.words(), clients));
                var measured = pgbench.run(style, Demand.UNIFORM, clients, raw, WARM_UP, options.measured());
                progress.measured(measured);
                runs.add(measured);
            }
        }
        return runs;
    }

    List<Measured> before() {
        return List.copyOf(before);
    }

    List<Measured> after() {
        return List.copyOf(after);
    }

    List<Measured> hot() {
        return List.copyOf(hot);
    }

    /** The better of before and after, in orders per second: the harder one to beat. */
    double best() {
        return Math.max(best(before), best(after));
    }

    /** How much better the second time was: −0.05 for five percent slower. */
    double drift() {
        return best(after) / best(before) - 1;
    }

    private static double best(List<Measured> measured) {
        return measured.stream()
                .max(Comparator.comparingDouble(Measured::perSecond))
                .map(Measured::perSecond)
                .orElse(0.0);
    }
}
