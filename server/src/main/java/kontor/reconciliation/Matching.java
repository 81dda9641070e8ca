package kontor.reconciliation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import kontor.payments.BalancePage.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Finds, for one payment, which lines of a gateway's books say the same as which facts of ours: first by name, then by
 * amount, then, for captures in parts, by the sum. Writes nothing.
 */
final class Matching {
    private final List<BookLine> lines;
    private final List<BookedFact> facts;
    private final boolean answersMayCome;
    private final Set<Long> taken = new HashSet<>();
    private final List<Decision> decisions = new ArrayList<>();

    private Matching(List<BookLine> lines, List<BookedFact> facts, boolean answersMayCome) {
        this.lines = lines;
        this.facts = facts;
        this.answersMayCome = answersMayCome;
        facts.stream().filter(BookedFact::matched).forEach(fact -> taken.add(fact.transactionId()));
    }

    /**
     * @param lines of the payment, the decided ones too
     * @param facts of the payment, the matched ones too
     * @param answersMayCome whether an operation of the payment is open: what is not found may still be booked
     * @return nothing about lines that have to wait
     */
    static List<Decision> of(List<BookLine> lines, List<BookedFact> facts, boolean answersMayCome) {
        var matching = new Matching(lines, facts, answersMayCome);
        for (var kind : Kind.values()) matching.decide(kind);
        return matching.decisions;
    }

    private void decide(Kind kind) {
        var open = new ArrayList<>(lines.stream()
                .filter(line -> line.kind() == kind && !line.isDecided())
                .toList());
        if (open.isEmpty()) return;
        var doubles = new ArrayList<BookLine>();
        open.removeIf(line -> isFound(line, BookedFact::isNamedBy));
        for (var line : open)
            if (namedFact(line, fact -> taken.contains(fact.transactionId())) != null) doubles.add(line);
        open.removeAll(doubles);
        open.removeIf(line -> isFound(line, Matching::couldBe));
        if (kind == Kind.CHARGE && !open.isEmpty()) takeSum(open);
        for (var line : doubles) decisions.add(new Decision.Suspended(line, BreakKind.DUPLICATE, fact(line)));
        for (var line : open) leftOver(line);
    }

    private boolean isFound(BookLine line, BiPredicate<BookedFact, BookLine> says) {
        for (var fact : facts) {
            if (!isFree(fact, line) || !says.test(fact, line) || !fact.amount().equals(line.amount())) continue;
            taken.add(fact.transactionId());
            decisions.add(new Decision.Matched(line, List.of(fact)));
            return true;
        }
        return false;
    }

    private boolean isFree(BookedFact fact, BookLine line) {
        return fact.kind() == line.kind() && !taken.contains(fact.transactionId());
    }

    /** Whether a line that names nothing could mean the fact. What has a name at the gateway is only meant by it. */
    private static boolean couldBe(BookedFact fact, BookLine line) {
        return fact.kind() == Kind.CHARGE || (fact.kind() == Kind.REFUND && fact.reference() == null);
    }

    /** What was held beyond a part that was captured may come as a charge of all, and a line that takes the rest back. */
    private void takeSum(List<BookLine> open) {
        var left = facts.stream().filter(fact -> isFree(fact, open.getFirst())).toList();
        if (left.isEmpty()) return;
        var currency = left.getFirst().amount().currency();
        var oneCurrency =
                open.stream().allMatch(line -> line.amount().currency().equals(currency));
        var listed = open.stream().mapToLong(line -> line.amount().minorUnits()).sum();
        var booked = left.stream().mapToLong(fact -> fact.amount().minorUnits()).sum();
        if (!oneCurrency || listed != booked) return;
        for (var line : open) decisions.add(new Decision.Matched(line, line.equals(open.getLast()) ? left : List.of()));
        left.forEach(fact -> taken.add(fact.transactionId()));
        open.clear();
    }

    private void leftOver(BookLine line) {
        var meant = namedFact(line, fact -> isFree(fact, line));
        if (meant == null)
            meant = facts.stream()
                    .filter(fact -> isFree(fact, line) && couldBe(fact, line))
                    .findFirst()
                    .orElse(null);
        if (meant == null && answersMayCome) return;
        if (meant == null) {
            var again = lines.stream()
                    .anyMatch(other -> other.isDecided()
                            && other.kind() == line.kind()
                            && other.kind() == Kind.CHARGE
                            && other.amount().equals(line.amount()));
            decisions.add(new Decision.Suspended(line, again ? BreakKind.DUPLICATE : BreakKind.MISSING_HERE, null));
            return;
        }
        taken.add(meant.transactionId());
        if (!meant.amount().currency().equals(line.amount().currency())) {
            decisions.add(new Decision.Suspended(line, BreakKind.CURRENCY_DIFFERS, meant));
            return;
        }
        var difference =
                Math.subtractExact(line.amount().minorUnits(), meant.amount().minorUnits());
        decisions.add(new Decision.Differs(line, meant, difference));
    }

    private @Nullable BookedFact fact(BookLine line) {
        return namedFact(line, _ -> true);
    }

    private @Nullable BookedFact namedFact(BookLine line, Predicate<BookedFact> which) {
        return facts.stream()
                .filter(fact -> fact.isNamedBy(line) && which.test(fact))
                .findFirst()
                .orElse(null);
    }
}
