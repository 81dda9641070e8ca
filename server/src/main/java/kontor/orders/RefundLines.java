package kontor.orders;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import kontor.web.Refusal;

/** What of an order a refund names, and what that comes to. Without any it is for an amount alone. */
record RefundLines(List<Refund.Line> lines, Refund.Parts parts) {
    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** In minor units. */
    long total() {
        return Math.addExact(Math.addExact(parts.goods(), parts.shipping()), parts.tax());
    }

    /**
     * @param credited how many of each line went back before, and of the shipping as line 0
     * @param amounts what these came to, in minor units
     * @throws Refusal for what the order has not, or no more of
     */
    static RefundLines of(
            RefundRequest request,
            OrderStore.Row order,
            List<OrderLine> bought,
            Map<Integer, Long> credited,
            Map<Integer, Long> amounts) {
        var lines = new ArrayList<Refund.Line>();
        var goods = 0L;
        var tax = 0L;
        var named = new HashSet<String>();
        var asked = request.lines() == null ? List.<RefundRequest.Line>of() : request.lines();
        for (var i = 0; i < asked.size(); i++) {
            var field = "lines[" + i + "]";
            if (!named.add(asked.get(i).sku())) throw Refusal.ofField(field + ".sku", "repeated", "may be named once");
            for (var part : take(field, asked.get(i), bought, credited, amounts)) {
                lines.add(part.line());
                goods = Math.addExact(goods, part.line().amount() - part.tax());
                tax = Math.addExact(tax, part.tax());
            }
        }
        var shipping = shippingOf(request, order, credited);
        if (shipping > 0) lines.add(new Refund.Line(0, shipping, shipping));
        return new RefundLines(lines, new Refund.Parts(goods, shipping, tax, 0));
    }

    private record Part(Refund.Line line, long tax) {}

    /** An imported order may have an article on several lines: the first ones first. */
    private static List<Part> take(
            String field,
            RefundRequest.Line asked,
            List<OrderLine> bought,
            Map<Integer, Long> credited,
            Map<Integer, Long> amounts) {
        var parts = new ArrayList<Part>();
        var rest = asked.quantity();
        var pieces = 0L;
        for (var line : bought) {
            if (!line.sku().equals(asked.sku())) continue;
            var before = credited.getOrDefault(line.line(), 0L);
            pieces += line.quantity() - before;
            var quantity = Math.min(rest, line.quantity() - before);
            if (quantity <= 0) continue;
            rest -= quantity;
            // After a refund that was taken back, the pieces that are left may come to a penny more than the whole has.
            var left = line.total() - amounts.getOrDefault(line.line(), 0L);
            var amount = Math.min(left, share(line.total(), line.quantity(), before, quantity));
            var tax = Math.min(amount, share(line.tax(), line.quantity(), before, quantity));
            parts.add(new Part(new Refund.Line(line.line(), quantity, amount), tax));
        }
        if (rest == 0) return parts;
        throw Refusal.ofField(
                field
                        + (pieces == 0
                                        && parts.isEmpty()
                                        && bought.stream()
                                                .noneMatch(l -> l.sku().equals(asked.sku()))
                                ? ".sku"
                                : ".quantity"),
                "too_many",
                "only " + pieces + " of it are left to give back");
    }

    /** What pieces after the first {@code before} come to: so taken, all pieces together come to exactly the whole. */
    private static long share(long whole, long pieces, long before, long quantity) {
        return upTo(whole, pieces, before + quantity) - upTo(whole, pieces, before);
    }

    private static long upTo(long whole, long pieces, long count) {
        return BigInteger.valueOf(whole)
                .multiply(BigInteger.valueOf(count))
                .divide(BigInteger.valueOf(pieces))
                .longValueExact();
    }

    private static long shippingOf(RefundRequest request, OrderStore.Row order, Map<Integer, Long> credited) {
        var shipping = request.shipping();
        if (shipping == null) return 0;
        if (!shipping.currency().equals(order.currency()))
            throw Refusal.ofField("shipping.currency", "other_currency", "must be " + order.currency());
        var left = order.totals().shipping() - credited.getOrDefault(0, 0L);
        if (shipping.minorUnits() < 0 || shipping.minorUnits() > left)
            throw Refusal.ofField("shipping.amount", "out_of_range", "must be from 0 to " + left);
        return shipping.minorUnits();
    }
}
