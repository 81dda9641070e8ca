package kontor.orders;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kontor.catalog.Assortment;
import kontor.money.Money;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says what a basket costs. Every price comes from the catalogue and the settings, never from the request. */
@Component
class Pricing {
    private final OrderSettings settings;

    Pricing(OrderSettings settings) {
        this.settings = settings;
    }

    /** A basket with its prices. */
    record Priced(List<OrderLine> lines, Totals totals) {}

    /** @throws Refusal 422 for what cannot be bought in this currency, or comes to more than 64 bits hold */
    Priced price(OrderRequest request, Assortment assortment) {
        try {
            var lines = lines(request, assortment);
            var subtotal = 0L;
            for (var line : lines) subtotal = Math.addExact(subtotal, line.total());
            var totals = new Totals(subtotal, 0, shipping(request), 0);
            if (totals.total() < 0) throw new ArithmeticException("total below zero");
            return new Priced(lines, totals);
        } catch (ArithmeticException e) {
            throw Refusal.ofField("lines", "amount_too_large", "come to more than an amount can hold");
        }
    }

    private static List<OrderLine> lines(OrderRequest request, Assortment assortment) {
        var lines = new ArrayList<OrderLine>(request.lines().size());
        for (var each : merged(request.lines()).entrySet()) {
            var first = each.getValue();
            var field = "lines[" + first.index() + "]";
            var article = assortment.find(each.getKey());
            if (article == null || !article.active())
                throw Refusal.ofField(field + ".sku", "unknown_sku", "is not sold here: " + each.getKey());
            var price = article.priceIn(request.currency());
            if (price == null)
                throw Refusal.ofField(
                        field + ".sku",
                        "no_price",
                        "has no price in " + request.currency().getCurrencyCode() + ": " + each.getKey());
            lines.add(line(
                    lines.size() + 1, article.variantId(), each.getKey(), article.name(), first.quantity(), price));
        }
        return lines;
    }

    private static OrderLine line(int number, long variantId, String sku, String name, long quantity, Money price) {
        return new OrderLine(
                number,
                variantId,
                sku,
                name,
                quantity,
                price.minorUnits(),
                0,
                0,
                price.times(quantity).minorUnits());
    }

    /** Where a SKU stood first in the request, and how much of it is wanted in all. */
    private record Wanted(int index, long quantity) {}

    /** A SKU named twice becomes one line: what counts is how much is wanted. */
    private static Map<String, Wanted> merged(List<OrderRequest.Line> lines) {
        var merged = new LinkedHashMap<String, Wanted>(lines.size() * 2);
        for (var i = 0; i < lines.size(); i++)
            merged.merge(
                    lines.get(i).sku(),
                    new Wanted(i, lines.get(i).quantity()),
                    (first, again) -> new Wanted(first.index(), Math.addExact(first.quantity(), again.quantity())));
        return merged;
    }

    private long shipping(OrderRequest request) {
        if (request.shippingOption() == null) return 0;
        var option = settings.shippingOptions().get(request.shippingOption());
        if (option == null)
            throw Refusal.ofField(
                    "shipping_option",
                    "unknown_shipping_option",
                    "must be one of " + settings.shippingOptions().keySet());
        if (option.prices().isEmpty()) return 0;
        @Nullable Long price = option.prices().get(request.currency().getCurrencyCode());
        if (price == null)
            throw Refusal.ofField(
                    "shipping_option",
                    "no_price",
                    "is not offered in " + request.currency().getCurrencyCode());
        return price;
    }
}
