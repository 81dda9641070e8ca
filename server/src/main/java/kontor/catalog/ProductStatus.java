package kontor.catalog;

import java.util.Locale;

/** Whether a product is sold. Archived ones stay: orders and stock still name their articles. */
public enum ProductStatus {
    ACTIVE,
    ARCHIVED;

    /** As it is written in the database and in files. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ProductStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
