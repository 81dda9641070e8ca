package kontor.orders.imports;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;

/**
 * What became of a page of sales or credits.
 *
 * @param total of the orders that were written, or of the credits below zero, in minor units of all currencies together
 */
record Taken(List<Decision> decisions, List<ImportStore.Conclusion> conclusions, BigDecimal total) {
    /** @throws IllegalStateException when what was written is not what the lines come to, so that nothing of it stays */
    void prove(List<StagedLine> lines) {
        var amounts = HashMap.<Long, BigDecimal>newHashMap(lines.size());
        for (var line : lines) amounts.put(line.n(), line.amountAsWritten());
        var decided = BigDecimal.ZERO;
        for (var decision : decisions) {
            var amount = amounts.remove(decision.n());
            if (amount == null) throw new IllegalStateException("line " + decision.n() + " was decided on twice");
            if (decision.outcome().isImported()) decided = decided.add(amount);
        }
        if (!amounts.isEmpty()) throw new IllegalStateException(amounts.size() + " lines were not decided on");
        if (decided.compareTo(total) != 0)
            throw new IllegalStateException("lines for %s became orders for %s".formatted(decided, total));
    }
}
