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

    void measuring(String what) {
        out.printf("  %-" + COLUMN + "s", what);
        out.flush();
    }

    void measured(Measured measured) {
        var cpu = new StringBuilder();
        measured.cpu()
                .forEach((who, micros) -> cpu.append(cpu.isEmpty() ? "   CPU µs each: " : ", ")
                        .append(who)
                        .append(' ')
                        .append(Math.round(micros)));
        out.printf(
                Locale.ROOT,
                "%,9.0f /s   p50 %9s   p99 %9s%s%s%n",
                measured.perSecond(),
                Figures.millis(measured.p50()),
                Figures.millis(measured.p99()),
                cpu,
                measured.others().isEmpty() ? "" : "   other answers: " + measured.others());
    }
}
