package kontor.orders.imports;

import java.util.ArrayList;
import java.util.List;
import kontor.orders.imports.ImportedOrderStore.ExistingCreditLine;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a credit: each line is credited against the sale that it takes back, or to the customer.
 *
 * @param given what is credited
 */
record Credit(Document document, List<Decision> decisions, List<Given> given) {
    /** @param sold what is taken back; null when that is not known */
    record Given(StagedLine line, EarlierSales.@Nullable Line sold) {}

    static Credit of(Document document, List<StagedLine> lines, EarlierSales earlier) {
        var decisions = new ArrayList<Decision>(lines.size());
        var given = new ArrayList<Given>(lines.size());
        for (var line : lines) {
            var reason = whyNot(document, line);
            if (reason != null) {
                decisions.add(Decision.setAside(line, reason));
                continue;
            }
            var sold = earlier.take(document, line);
            given.add(new Given(line, sold));
            decisions.add(
                    sold == null
                            ? new Decision(line.n(), Outcome.CUSTOMER_CREDIT, null, null, null)
                            : new Decision(
                                    line.n(), Outcome.CREDIT_OF_ORDER, null, sold.order.externalId, sold.number));
        }
        return new Credit(document, decisions, given);
    }

    /** What becomes of a credit whose number is known: nothing new if it is the same, and nothing at all if it is not. */
    static List<Decision> again(Document document, List<StagedLine> lines, List<ExistingCreditLine> before) {
        var unmatched = new ArrayList<>(before);
        var decisions = new ArrayList<Decision>(lines.size());
        var differs = false;
        for (var line : lines) {
            var reason = whyNot(document, line);
            if (reason != null) {
                decisions.add(Decision.setAside(line, reason));
                continue;
            }
            var same = unmatched.stream()
                    .filter(each -> each.isOf(document.currency(), line))
                    .findFirst();
            same.ifPresent(unmatched::remove);
            differs |= same.isEmpty();
            decisions.add(new Decision(
                    line.n(),
                    Outcome.ALREADY_THERE,
                    null,
                    same.map(ExistingCreditLine::orderExternalId).orElse(null),
                    same.map(ExistingCreditLine::orderLine).orElse(null)));
        }
        return differs || !unmatched.isEmpty()
                ? decisions.stream().map(Decision::differing).toList()
                : decisions;
    }

    private static @Nullable Reason whyNot(Document document, StagedLine line) {
        var fault = line.fault();
        if (fault != null) return fault;
        if (line.amount() >= 0) return Reason.NOT_A_CREDIT;
        return document.customer() == null ? Reason.CREDIT_FOR_NOBODY : null;
    }
}
