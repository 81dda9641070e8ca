package kontor.orders.imports;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import kontor.orders.OrderLine;
import kontor.orders.Totals;

/**
 * What becomes of a sale: an order, or nothing. Decided from the source alone, so that a dry run and a second import come
 * to the same.
 *
 * @param orderLines none when it becomes no order
 */
record Sale(Document document, List<Decision> decisions, List<OrderLine> orderLines, Totals totals) {
    boolean isOrder() {
        return !orderLines.isEmpty();
    }

    static Sale of(Document document, List<StagedLine> lines) {
        return new Sorting(document).sorted(lines);
    }

    /** Puts each line where it belongs. */
    private static final class Sorting {
        private final Document document;
        private final List<Decision> decisions = new ArrayList<>();
        private final List<StagedLine> goods = new ArrayList<>();
        private final List<StagedLine> shipping = new ArrayList<>();
        private final List<StagedLine> discounts = new ArrayList<>();
        private final List<StagedLine> taxes = new ArrayList<>();

        Sorting(Document document) {
            this.document = document;
        }

        Sale sorted(List<StagedLine> lines) {
            for (var line : lines) sort(line);
            if (document.customer() == null && sum(goods) == 0 && sum(shipping) == 0)
                setAside(goods, Reason.STOCK_NOTE);
            if (goods.isEmpty() && sum(shipping) > 0) sellShipping();
            if (goods.isEmpty()) {
                setAside(shipping, Reason.NOTHING_SOLD);
                setAside(discounts, Reason.NOTHING_SOLD);
                setAside(taxes, Reason.NOTHING_SOLD);
            }
            if (-sum(discounts) > sum(goods)) setAside(discounts, Reason.DISCOUNT_ABOVE_SALE);
            return sale();
        }

        private void sort(StagedLine line) {
            var fault = line.fault();
            if (fault != null) {
                decisions.add(Decision.setAside(line, fault));
                return;
            }
            switch (line.role()) {
                case GOODS -> keepUnlessNegative(line, goods);
                case SHIPPING -> keepUnlessNegative(line, shipping);
                case TAX -> keepUnlessNegative(line, taxes);
                case DISCOUNT -> {
                    if (line.amount() < 0) discounts.add(line);
                    else decisions.add(Decision.setAside(line, Reason.NOT_A_DISCOUNT));
                }
                case BOOKKEEPING -> throw new IllegalStateException("was set aside as a fault");
            }
        }

        private void keepUnlessNegative(StagedLine line, List<StagedLine> heap) {
            if (line.quantity() > 0) heap.add(line);
            else
                decisions.add(
                        Decision.setAside(line, line.price() == 0 ? Reason.STOCK_WRITE_OFF : Reason.NEGATIVE_ON_SALE));
        }

        /** Where nothing but postage was sold, the postage is what was sold: every order has a line. */
        private void sellShipping() {
            goods.addAll(shipping);
            shipping.clear();
        }

        private void setAside(List<StagedLine> heap, Reason reason) {
            for (var line : heap) decisions.add(Decision.setAside(line, reason));
            heap.clear();
        }

        private Sale sale() {
            goods.sort(Comparator.comparingLong(StagedLine::n));
            var orderLines = new ArrayList<OrderLine>(goods.size());
            for (var line : goods) {
                var number = orderLines.size() + 1;
                orderLines.add(new OrderLine(
                        number, null, line.sku(), line.name(), line.quantity(), line.price(), 0, 0, line.amount()));
                decisions.add(new Decision(line.n(), Outcome.ORDER_LINE, null, document.externalId(), number));
            }
            take(shipping, Outcome.SHIPPING);
            take(discounts, Outcome.DISCOUNT);
            take(taxes, Outcome.TAX);
            return new Sale(
                    document,
                    decisions,
                    orderLines,
                    new Totals(sum(goods), -sum(discounts), sum(shipping), sum(taxes)));
        }

        private void take(List<StagedLine> heap, Outcome outcome) {
            for (var line : heap) decisions.add(new Decision(line.n(), outcome, null, document.externalId(), null));
        }

        private static long sum(List<StagedLine> lines) {
            return lines.stream().mapToLong(StagedLine::amount).sum();
        }
    }
}
