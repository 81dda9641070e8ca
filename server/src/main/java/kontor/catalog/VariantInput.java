package kontor.catalog;

import java.util.HashSet;
import java.util.List;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/** What is entered of a variant, when it is new and when it changes. */
sealed interface VariantInput permits NewVariant, ChangedVariant {
    String sku();

    @Nullable
    String name();

    List<Price> prices();

    default String nameOrEmpty() {
        var name = name();
        return name == null ? "" : name;
    }

    /** @throws Refusal 422 when a SKU is named twice, or a variant has two prices in one currency */
    static void refuseDoubles(List<? extends VariantInput> variants) {
        var skus = new HashSet<String>();
        for (var v = 0; v < variants.size(); v++) {
            var variant = variants.get(v);
            if (!skus.add(variant.sku()))
                throw Refusal.ofField("variants[" + v + "].sku", "duplicate", "is given twice");
            var currencies = new HashSet<>();
            for (var p = 0; p < variant.prices().size(); p++)
                if (!currencies.add(variant.prices().get(p).currency()))
                    throw Refusal.ofField(
                            "variants[" + v + "].prices[" + p + "].currency",
                            "duplicate",
                            "is the currency of two prices");
        }
    }
}
