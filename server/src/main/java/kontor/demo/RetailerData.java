package kontor.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A British retailer's invoices of December 2010: "Online Retail" by Daqing Chen, UCI Machine Learning Repository, 2015,
 * doi 10.24432/C5BW33, CC BY 4.0.
 */
class RetailerData {
    private static final String FILE = "online-retail/invoices.csv.gz";
    /** The retailer's articles have five or six digits and letters for a variant; postage, fees and corrections have words. */
    private static final Pattern ARTICLE = Pattern.compile("\\d{5,6}[A-Za-z]{0,2}");

    private static final long STOCK_PER_SOLD = 10;
    private static final long LEAST_STOCK = 100;

    private RetailerData() {}

    /** What is told about one code on all its lines. */
    private static class Told {
        private final Map<String, Integer> names = new HashMap<>();
        private @Nullable BigDecimal price;
        private long sold;

        /** The most usual one; of those that are equally usual the first by alphabet, so that every demo is the same. */
        @Nullable
        String name() {
            return names.entrySet().stream()
                    .max(Map.Entry.<String, Integer>comparingByValue()
                            .thenComparing(
                                    Map.Entry.<String, Integer>comparingByKey().reversed()))
                    .map(Map.Entry::getKey)
                    .orElse(null);
        }
    }

    /** The invoices as they came: CSV. */
    static InputStream invoices() throws IOException {
        var file = Objects.requireNonNull(RetailerData.class.getResourceAsStream(FILE), FILE);
        return new BufferedInputStream(new GZIPInputStream(file));
    }

    /** What the retailer sold, as a file that the catalogue's import takes: each under its most usual name and at its first price. */
    static String catalogue() throws IOException {
        var articles = new TreeMap<String, Told>();
        try (var reader = new InputStreamReader(invoices(), StandardCharsets.UTF_8);
                var lines = CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get()
                        .parse(reader)) {
            for (var line : lines) note(line, articles);
        }
        var csv = new StringWriter();
        try (var printer = CSVFormat.RFC4180.print(csv)) {
            printer.printRecord("sku", "name", "price_GBP", "on_hand");
            for (var each : articles.entrySet()) {
                var told = each.getValue();
                if (told.name() == null || told.price == null) continue;
                var stock = Math.max(LEAST_STOCK, told.sold * STOCK_PER_SOLD);
                printer.printRecord(each.getKey(), told.name(), told.price.toPlainString(), stock);
            }
        }
        return csv.toString();
    }

    private static void note(CSVRecord line, Map<String, Told> articles) {
        var code = line.get("StockCode").strip();
        var quantity = Long.parseLong(line.get("Quantity"));
        var price = new BigDecimal(line.get("UnitPrice"));
        if (!ARTICLE.matcher(code).matches()
                || quantity <= 0
                || price.signum() <= 0
                || price.stripTrailingZeros().scale() > 2) return;
        var told = articles.computeIfAbsent(code, _ -> new Told());
        var name = line.get("Description").strip();
        if (!name.isEmpty()) told.names.merge(sentence(name), 1, Integer::sum);
        if (told.price == null) told.price = price;
        told.sold += quantity;
    }

    /** The retailer shouts; a shop should not. */
    private static String sentence(String shouted) {
        return shouted.charAt(0) + shouted.substring(1).toLowerCase(Locale.ROOT);
    }
}
