package kontor.catalog;

import java.util.List;

/**
 * Stock that is given along with articles, in the same form or file. The inventory takes it: it knows the catalogue,
 * and the catalogue knows only this.
 */
public interface StockCounts {
    /** @param onHand what lies where orders are filled from, 0 to {@link #MOST} */
    record Count(long variantId, long onHand) {}

    long MOST = 1_000_000_000_000L;

    /**
     * Makes what was counted the stock, in the surrounding transaction; the difference is a movement.
     *
     * @param counts by rising variant, each once
     * @param actor who counted: {@code user:17}
     * @return the variants of which more is promised to orders than was counted; the caller must then roll back
     */
    CountResult count(List<Count> counts, String reason, String actor);

    /** @param moved how many of the variants had another stock before */
    record CountResult(int moved, List<Long> belowReserved) {}
}
