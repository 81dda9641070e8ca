package kontor.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for on the command line.
 *
 * @param only figures to measure, {@code B1}; empty for all
 * @param measured how long each measurement counts
 * @param warmUp how long Kontor works before it is measured
 * @param orders how many orders lie in the tables for B10
 * @param quick short measurements, and fewer of each
 * @param profile also record where the time goes
 * @param data where the database of the run is made, and removed after it; null for the build's own folder
 */
record Options(
        Set<String> only,
        Duration measured,
        Duration warmUp,
        long orders,
        boolean quick,
        boolean profile,
        @Nullable Path data) {
    static final String USAGE = """
            Measures Kontor next to the speed of its own PostgreSQL.

              ./kontor bench               everything, about half an hour
              --quick                      the same with short measurements, ten minutes, for a first look
              --only B1,B3                 some figures only
              --seconds N                  how long each measurement counts (15; quick: 5)
              --orders N                   orders in the tables for B10 (200,000; the goal speaks of 5,000,000);
                                           from 1,000,000 on the audit of so many is timed, too
              --profile                    record the server with Java Flight Recorder and say where its time goes
              --data DIR                   where the database of the run lies; a new folder, removed at the end, and
                                           for B10 a second one beside it, DIR-twin

            The results are written into bench/results: as JSON, as a table and as a chart.""";

    private static final int SLICES = 3;
    private static final int SLICES_OF_QUICK = 2;
    private static final int ROUNDS = 2;
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofSeconds(5);
    /** A server on two cores still gets faster after half a minute of work. */
    private static final Duration LONG_WARM_UP = Duration.ofSeconds(60);

    private static final Duration SHORT_WARM_UP = Duration.ofSeconds(20);
    private static final long ORDERS = 200_000;
    private static final long MOST_ORDERS = 100_000_000;
    private static final long MOST_SECONDS = 3_600;

    /** An option that is not understood; the message is for the person who gave it. */
    static final class Bad extends RuntimeException {
        Bad(String message) {
            super(message, null, false, false);
        }
    }

    /** @throws Bad for anything that is not understood */
    static Options parse(String... arguments) {
        Set<String> only = Set.of();
        var quick = false;
        var seconds = 0L;
        var orders = ORDERS;
        var profile = false;
        Path data = null;
        for (var i = 0; i < arguments.length; i++) {
            var equals = arguments[i].indexOf('=');
            var option = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
            switch (option) {
                case "--quick", "--profile" -> {
                    if (equals >= 0) throw new Bad(option + " takes no value.");
                    if (option.equals("--quick")) quick = true;
                    else profile = true;
                    continue;
                }
                case "--only", "--seconds", "--orders", "--data" -> {}
                default ->
                    throw new Bad("bench does not know \"%s\". See ./kontor bench --help.".formatted(arguments[i]));
            }
            if (equals < 0 && i + 1 == arguments.length) throw new Bad(option + " needs a value.");
            var value = equals >= 0 ? arguments[i].substring(equals + 1) : arguments[++i];
            switch (option) {
                case "--only" -> only = figures(value);
                case "--seconds" -> seconds = number(option, value, MOST_SECONDS);
                case "--orders" -> orders = number(option, value, MOST_ORDERS);
                default -> data = folder(value);
            }
        }
        var measured = seconds > 0 ? Duration.ofSeconds(seconds) : quick ? SHORT : LONG;
        return new Options(only, measured, quick ? SHORT_WARM_UP : LONG_WARM_UP, orders, quick, profile, data);
    }

    private static Set<String> figures(String value) {
        var names = Arrays.stream(value.toUpperCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .toList();
        for (var name : names)
            if (!Goal.isFigure(name))
                throw new Bad("There is no figure \"%s\", only %s.".formatted(name, Goal.figures()));
        return names.stream().collect(Collectors.toUnmodifiableSet());
    }

    private static long number(String option, String value, long most) {
        if (value.matches("[0-9]{1,9}")) {
            var number = Long.parseLong(value);
            if (number >= 1 && number <= most) return number;
        }
        throw new Bad("%s needs a number from 1 to %d, not \"%s\".".formatted(option, most, value));
    }

    private static Path folder(String value) {
        if (value.isEmpty()) throw new Bad("--data needs a folder.");
        return Path.of(value).toAbsolutePath();
    }

    /** How often what is compared with each other is measured, in turns: a slow minute of the machine hits all of it. */
    int slices() {
        return quick ? SLICES_OF_QUICK : SLICES;
    }

    /** How often each variant of the reference is measured before Kontor, and again after it. */
    int rounds() {
        return quick ? 1 : ROUNDS;
    }

    /** The figures that are asked for, in the order of the goals; empty for all. */
    List<String> figures() {
        return Arrays.stream(Goal.values())
                .map(Goal::figure)
                .distinct()
                .filter(only::contains)
                .toList();
    }

    boolean wants(Goal... goals) {
        return only.isEmpty() || Arrays.stream(goals).map(Goal::figure).anyMatch(only::contains);
    }
}
