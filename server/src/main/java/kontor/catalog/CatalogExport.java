package kontor.catalog;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import kontor.money.Money;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.springframework.stereotype.Component;

/**
 * Writes the whole catalogue as a file that can be imported again. Stock is not in it: by the time the file comes back,
 * it would undo what was sold meanwhile.
 */
@Component
class CatalogExport {
    private static final int PRODUCTS_AT_ONCE = 500;

    private final ProductStore products;
    private final Assortments assortments;

    CatalogExport(ProductStore products, Assortments assortments) {
        this.products = products;
        this.assortments = assortments;
    }

    /** Page by page: no transaction waits for the one who reads it. */
    void write(OutputStream to) throws IOException {
        var currencies = assortments.refresh().currencies();
        var writer = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), 1 << 16);
        var csv = new CSVPrinter(writer, CSVFormat.RFC4180);
        csv.printRecord(header(currencies));
        var page = products.all(0, PRODUCTS_AT_ONCE);
        while (!page.isEmpty()) {
            for (var product : page)
                for (var variant : product.variants()) csv.printRecord(line(product, variant, currencies));
            page = products.all(page.getLast().id(), PRODUCTS_AT_ONCE);
        }
        csv.flush();
    }

    private static List<String> header(Set<String> currencies) {
        var header = new ArrayList<>(List.of(
                CatalogColumns.SKU,
                CatalogColumns.PRODUCT,
                CatalogColumns.NAME,
                CatalogColumns.VARIANT,
                CatalogColumns.DESCRIPTION,
                CatalogColumns.STATUS));
        for (var currency : currencies) header.add(CatalogColumns.PRICE_IN + currency);
        return header;
    }

    private static List<String> line(Product product, Variant variant, Set<String> currencies) {
        var cells = new ArrayList<String>();
        cells.add(Cell.written(variant.sku().value()));
        cells.add(product.slug());
        cells.add(Cell.written(product.name()));
        cells.add(Cell.written(variant.name()));
        cells.add(Cell.written(product.description()));
        cells.add(product.status().word());
        for (var currency : currencies) cells.add(priceIn(currency, variant));
        return cells;
    }

    private static String priceIn(String currency, Variant variant) {
        return variant.prices().stream()
                .filter(price -> price.currency().getCurrencyCode().equals(currency))
                .findFirst()
                .map(CatalogExport::decimal)
                .orElse("");
    }

    private static String decimal(Money price) {
        return BigDecimal.valueOf(price.minorUnits(), price.currency().getDefaultFractionDigits())
                .toPlainString();
    }
}
