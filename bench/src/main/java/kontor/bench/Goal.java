package kontor.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What Kontor has to reach on a small machine. Several goals of one figure share the part of their name before the {@code _}. */
enum Goal {
    B1("Orders in process, 256 callers", Base.RAW, Bound.AT_LEAST, 5),
    B2("One hot article in every order, in process, 256 callers", Base.B1, Bound.AT_LEAST, 0.9),
    B3("POST /orders, 64 connections", Base.RAW, Bound.AT_LEAST, 1.6),
    B3_P99("POST /orders, 64 connections: slowest of 100, worst slice", "ms", Bound.AT_MOST, 40),
    B4("POST /orders, 256 connections", Base.RAW, Bound.AT_LEAST, 2),
    B5("POST /orders by card through the simulator, 64 connections", Base.B3, Bound.AT_LEAST, 0.4),
    B7("One buyer alone: p50 above that of a raw commit", "ms", Bound.AT_MOST, 3),
    B8("GET /products of 20, 32 connections", "/s", Bound.AT_LEAST, 12_000),
    B8_304("GET /products of 20, 32 connections: not modified", "/s", Bound.AT_LEAST, 15_000),
    B10("POST /orders with many orders in the tables, 64 connections", Base.B3, Bound.AT_LEAST, 0.9),
    B11("Second start to ready, database included", "s", Bound.AT_MOST, 3),
    B11_IDLE("Server resident when idle", "MiB", Bound.AT_MOST, 250),
    B13("Heap of the server under B4", "MiB", Bound.AT_MOST, 512),
    B14("./kontor audit at 100,000 orders", "s", Bound.AT_MOST, 5),
    B14_MILLION("./kontor audit at 1,000,000 orders", "s", Bound.AT_MOST, 60),
    B15("POST /orders in the first 10 s after a start, 64 connections", Base.B3, Bound.AT_LEAST, 0.6),
    B16("Sold-out article: 256 buyers refused", Base.B3, Bound.AT_LEAST, 1),
    B17("An access token that is known, looked up for a request", "µs", Bound.AT_MOST, 25),
    B18("Logins by password, for each core", "/s", Bound.AT_LEAST, 10);

    private final String title;
    private final Base base;
    private final Bound bound;
    private final double target;
    private final String unit;

    /** A rate per second, whose target is a ratio. */
    Goal(String title, Base base, Bound bound, double target) {
        this(title, base, "/s", bound, target);
    }

    /** A figure whose target is in its own unit. */
    Goal(String title, String unit, Bound bound, double target) {
        this(title, Base.NOTHING, unit, bound, target);
    }

    Goal(String title, Base base, String unit, Bound bound, double target) {
        this.title = title;
        this.base = base;
        this.bound = bound;
        this.target = target;
        this.unit = unit;
    }

    /** What a figure is divided by before it is held against its target. */
    enum Base {
        NOTHING(""),
        RAW(" × raw"),
        B1(" × B1"),
        B3(" × B3");

        private final String words;

        Base(String words) {
            this.words = words;
        }
    }

    private enum Bound {
        AT_LEAST("≥ "),
        AT_MOST("≤ ");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }
    }

    /** What is measured, in words. */
    String title() {
        return title;
    }

    Base base() {
        return base;
    }

    /** Of the figure, before it is divided by anything. */
    String unit() {
        return unit;
    }

    double target() {
        return target;
    }

    boolean isReachedBy(double score) {
        return bound == Bound.AT_LEAST ? score >= target : score <= target;
    }

    /** A score as it is told: {@code 1.72 × raw}, {@code 31.4 ms}. */
    String inWords(double score) {
        return Figures.plain(score) + (base == Base.NOTHING ? " " + unit : base.words);
    }

    /**
     * How much of the target a score is: 1 is just reached, more is better, whichever way the bound goes.
     *
     * @return infinite for a score of nothing, or less, where less is better
     */
    double shareOf(double score) {
        if (bound == Bound.AT_LEAST) return score / target;
        return score <= 0 ? Double.POSITIVE_INFINITY : target / score;
    }

    /** {@code ≥ 1.6 × raw}. */
    String targetInWords() {
        return bound.sign + inWords(target);
    }

    /** {@code B3} for {@code B3_P99}. */
    String figure() {
        return name().replaceFirst("_.*", "");
    }

    /** All figures, in their order. */
    static String figures() {
        return Arrays.stream(values()).map(Goal::figure).distinct().collect(Collectors.joining(", "));
    }

    static boolean isFigure(String name) {
        return Arrays.stream(values()).anyMatch(goal -> goal.figure().equals(name.toUpperCase(Locale.ROOT)));
    }
}
