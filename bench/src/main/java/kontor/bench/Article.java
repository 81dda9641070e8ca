package kontor.bench;

/**
 * An article of the shop that is measured. Number, variant and price follow from each other, so that nobody has to look
 * them up.
 *
 * @param number from 1; also the id of its product and of its variant
 */
record Article(int number) {
    static final int SKU_LENGTH = 6;

    long variantId() {
        return number;
    }

    /** Six characters, as those of the retailers whose shops we know. */
    String sku() {
        return "K" + (10_000 + number);
    }

    String name() {
        return "BENCHMARK CREAM CUPID HEARTS " + (10_000 + number);
    }

    /** In pence. */
    long price() {
        return 100L + number % 900;
    }
}
