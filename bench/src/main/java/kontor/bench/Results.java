package kontor.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run has found out so far. */
final class Results {
    private final List<Measured> measured = new ArrayList<>();
    private final Map<Goal, Double> figures = new EnumMap<>(Goal.class);
    private final List<String> notes = new ArrayList<>();

    void add(Measured one) {
        measured.add(one);
    }

    /** @param figure in the goal's unit */
    void set(Goal goal, double figure) {
        figures.put(goal, figure);
    }

    /** What a reader of the figures must know. */
    void note(String text) {
        notes.add(text);
    }

    List<Measured> measured() {
        return List.copyOf(measured);
    }

    List<String> notes() {
        return List.copyOf(notes);
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
        return switch (goal.base()) {
            case NOTHING -> 1.0;
            case RAW -> raw;
            case B1 -> figures.get(Goal.B1);
            case B3 -> figures.get(Goal.B3);
        };
    }
}
