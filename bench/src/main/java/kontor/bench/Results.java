package kontor.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run has found out so far. */
final class Results {
    private final List<Entry> measured = new ArrayList<>();
    private final Map<Goal, Double> figures = new EnumMap<>(Goal.class);
    private final Map<Goal, List<Measured>> against = new EnumMap<>(Goal.class);
    private final List<String> notes = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * One measurement.
     *
     * @param part of the run
     * @param goal whose figure is the mean of this rate and others; null when it only stands beside them
     */
    record Entry(String part, @Nullable Goal goal, Measured measured) {}

    /** What no figure is made of. */
    void add(String part, Measured one) {
        measured.add(new Entry(part, null, one));
    }

    /** One of the slices of a rate: the goal's figure is the mean of all of them. */
    void slice(String part, Goal goal, Measured one) {
        measured.add(new Entry(part, goal, one));
        figures.put(
                goal,
                mean(measured.stream()
                        .filter(entry -> entry.goal() == goal)
                        .map(Entry::measured)
                        .toList()));
        if (!one.others().isEmpty())
            note("%s, %s: answers other than the expected, by their status: %s"
                    .formatted(goal.figure(), one.what(), one.others()));
    }

    /**
     * A slice of what a goal is divided by, measured in turns with the goal's own. With any of these the goal is held
     * against their mean and not against that of the whole run, so that a server or machine that grows faster or slower
     * meanwhile does so on both sides.
     */
    void against(Goal goal, Measured slice) {
        against.computeIfAbsent(goal, _ -> new ArrayList<>()).add(slice);
    }

    /** @param figure in the goal's unit */
    void set(Goal goal, double figure) {
        figures.put(goal, figure);
    }

    /** Of several slices the worst: the figure is the largest that was ever given. */
    void largest(Goal goal, double figure) {
        figures.merge(goal, figure, Math::max);
    }

    /** What a reader of the figures must know. */
    void note(String text) {
        notes.add(text);
    }

    /** What should have become a figure and did not. */
    void fail(String text) {
        failures.add(text);
    }

    List<Entry> measured() {
        return List.copyOf(measured);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /**
     * Holds what was measured against the goals; what has no figure, or nothing to be divided by, is left out.
     *
     * @param raw the reference, in orders per second
     */
    List<Finding> findings(double raw) {
        var findings = new ArrayList<Finding>();
        figures.forEach((goal, figure) -> {
            var base = base(goal, raw);
            if (base != null && base > 0) findings.add(new Finding(goal, figure, figure / base));
        });
        return findings;
    }

    private @Nullable Double base(Goal goal, double raw) {
        var beside = against.get(goal);
        if (beside != null) return mean(beside);
        return switch (goal.base()) {
            case NOTHING -> 1.0;
            case RAW -> raw;
            case B1 -> figures.get(Goal.B1);
            case B3 -> figures.get(Goal.B3);
        };
    }

    private static double mean(List<Measured> slices) {
        return slices.stream().mapToDouble(Measured::perSecond).average().orElse(0);
    }
}
