package kontor.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What the database does without Kontor: each variant's measurements from before and after Kontor.
 *
 * <p>The reference is the variant whose mean is best, and not the best single measurement: of many noisy ones the best is
 * mostly lucky, and Kontor's own figures are means, too.
 */
final class RawSpeed {
    private final Map<Variant, Figure> figures = new LinkedHashMap<>();

    /** The measurements of one variant. */
    record Figure(Variant variant, List<Measured> before, List<Measured> after) {
        /** In orders per second, over all measurements. */
        double mean() {
            return (mean(before) * before.size() + mean(after) * after.size()) / (before.size() + after.size());
        }

        double meanBefore() {
            return mean(before);
        }

        double meanAfter() {
            return mean(after);
        }

        /** How much better it was after Kontor: −0.05 for five percent slower. */
        double drift() {
            return meanAfter() / meanBefore() - 1;
        }

        /** What was measured on one side of Kontor only could be best by a good or a bad minute. */
        boolean counts() {
            return !before.isEmpty() && before.size() == after.size();
        }

        private static double mean(List<Measured> measured) {
            return measured.stream().mapToDouble(Measured::perSecond).average().orElse(0);
        }
    }

    void before(Variant variant, Measured measured) {
        figure(variant).before().add(measured);
    }

    void after(Variant variant, Measured measured) {
        figure(variant).after().add(measured);
    }

    private Figure figure(Variant variant) {
        return figures.computeIfAbsent(variant, _ -> new Figure(variant, new ArrayList<>(), new ArrayList<>()));
    }

    /** All variants, in the order in which they were measured. */
    List<Figure> figures() {
        return List.copyOf(figures.values());
    }

    /** The variant that is the reference; empty until both sides are measured. */
    Optional<Figure> best() {
        return figures.values().stream().filter(Figure::counts).max(Comparator.comparingDouble(Figure::mean));
    }

    /** The reference in orders per second; 0 when there is none. */
    double perSecond() {
        return best().map(Figure::mean).orElse(0.0);
    }

    /** How much better all that counts was after Kontor: −0.05 for five percent slower. NaN when nothing does. */
    double drift() {
        return sum(Figure::meanAfter) / sum(Figure::meanBefore) - 1;
    }

    private double sum(ToDoubleFunction<Figure> rate) {
        return figures.values().stream()
                .filter(Figure::counts)
                .mapToDouble(rate)
                .sum();
    }
}
