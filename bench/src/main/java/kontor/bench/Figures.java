package kontor.bench;

import java.util.Locale;

/** How numbers are written for people. */
final class Figures {
    private static final double NANOS_A_MILLI = 1e6;

    private Figures() {}

    /** Three digits that say something, thousands apart: {@code 12,345}, {@code 1.62}, {@code 0.087}. */
    static String plain(double value) {
        var size = Math.abs(value);
        if (size >= 100 || value == Math.rint(value)) return String.format(Locale.ROOT, "%,d", Math.round(value));
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f", value);
    }

    static String millis(long nanos) {
        return plain(nanos / NANOS_A_MILLI) + " ms";
    }
}
