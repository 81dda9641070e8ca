package kontor.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Tells the person at the terminal what is being measured, and what came of it. */
final class Progress {
    private static final int COLUMN = 52;

    private final PrintStream out;

    Progress(PrintStream out) {
        this.out = out;
    }

    /** A new part of the run. */
    void heading(String text) {
        out.printf("%n%s%n", text);
    }

    void note(String text) {
        out.println("  " + text);
    }

    /** Not to be overlooked. */
    void failed(String text) {
        out.printf("%n  FAILED: %s%n", text);
    }

    void measuring(String what) {
        out.printf("  %-" + COLUMN + "s", what);
        out.flush();
    }

    void measured(Measured measured) {
        out.printf(
                Locale.ROOT,
                "%,9.0f /s   p50 %9s   p99 %9s%s%s%n",
                measured.perSecond(),
                Figures.millis(measured.p50()),
                Figures.millis(measured.p99()),
                measured.cpu().isEmpty() ? "" : "   CPU µs each: " + measured.cpuInWords(),
                measured.others().isEmpty() ? "" : "   other answers: " + measured.others());
    }
}
