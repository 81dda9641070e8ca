package kontor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/** How hard the tests are that torture the server: little in every run of the suite, much by {@code ./kontor torture}. */
public final class Torture {
    private static final Path FIGURES = Path.of("target", "torture.txt");

    private Torture() {}

    /** How many times the server or its database is killed. */
    public static int cycles() {
        return Integer.getInteger("kontor.torture.cycles", 25);
    }

    /** How many seeds the payment core is simulated with. */
    public static int seeds() {
        return Integer.getInteger("kontor.torture.seeds", 2000);
    }

    /** The only one that is to be simulated. */
    public static OptionalLong seed() {
        var seed = Long.getLong("kontor.torture.seed");
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /** How many payments are made while answers are lost. */
    public static int payments() {
        return Integer.getInteger("kontor.torture.payments", 300);
    }

    /** Whether the process is really killed at every crash point, and not only at some. */
    public static boolean everyPoint() {
        return Boolean.getBoolean("kontor.torture.every-point");
    }

    /** Whether times are judged by the clock on the wall: never in a run of the suite, whose machine may have more to do. */
    public static boolean judgesTimes() {
        return Boolean.getBoolean("kontor.torture.judge-times");
    }

    /** Tells of a figure: on the terminal, and for the summary. */
    public static synchronized void report(String figure) {
        System.err.println(figure);
        try {
            Files.createDirectories(FIGURES.getParent());
            Files.writeString(FIGURES, figure + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
