package kontor.orders.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What customers have bought and not given back yet, so that a credit finds the sale that it takes back. */
final class EarlierSales {
    private static final Comparator<Line> NEWEST_FIRST = Comparator.comparing(
                    (Line line) -> line.order.placedAt, Comparator.reverseOrder())
            .thenComparing(
                    Comparator.comparingLong((Line line) -> line.order.id).reversed())
            .thenComparingInt(line -> line.number);

    private final Map<Key, List<Line>> lines = new HashMap<>();

    private record Key(String customer, String currency, Role role, String sku) {}

    /** An order of which something may still be given back. */
    static final class Order {
        final long id;
        final String externalId;
        final Instant placedAt;
        private long left; // in minor units

        Order(long id, String externalId, Instant placedAt, long left) {
            this.id = id;
            this.externalId = externalId;
            this.placedAt = placedAt;
            this.left = left;
        }
    }

    /** A line of an order; 0 is its shipping, counted in minor units at a price of 1. */
    static final class Line {
        final Order order;
        final int number;
        private final long unitPrice;
        private long left;

        Line(Order order, int number, long unitPrice, long left) {
            this.order = order;
            this.number = number;
            this.unitPrice = unitPrice;
            this.left = left;
        }
    }

    /** @param sku "" for shipping */
    void add(String customer, String currency, Role role, String sku, Line line) {
        lines.computeIfAbsent(new Key(customer, currency, role, sku), _ -> new ArrayList<>())
                .add(line);
    }

    /** To be called once after the last line was added. */
    EarlierSales sorted() {
        lines.values().forEach(each -> each.sort(NEWEST_FIRST));
        return this;
    }

    /**
     * Takes back what a line of a credit names from the newest sale not later than the credit that has as much left, at
     * no less than the credit's price.
     *
     * @return null when there is none
     */
    @Nullable
    Line take(Document credit, StagedLine line) {
        var customer = credit.customer();
        if (customer == null) return null;
        var shipping = line.role() == Role.SHIPPING;
        var amount = -line.amount();
        var quantity = shipping ? amount : -line.quantity();
        var key = new Key(customer, credit.currency().getCurrencyCode(), line.role(), shipping ? "" : line.sku());
        for (var sold : lines.getOrDefault(key, List.of())) {
            if (sold.order.placedAt.isAfter(credit.placedAt())) continue;
            if (sold.left < quantity || sold.order.left < amount) continue;
            if (!shipping && sold.unitPrice < line.price()) continue;
            sold.left -= quantity;
            sold.order.left -= amount;
            return sold;
        }
        return null;
    }
}
