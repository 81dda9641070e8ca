package kontor.bench;

import java.util.List;
import java.util.random.RandomGenerator;

/** What one buyer orders: three articles, one of each third of the shop, so that they differ and rise. */
record Basket(Article first, Article second, Article third) {
    static final int LINES = 3;
    /** How much of each is bought. */
    static final int QUANTITY = 1;
    /** In pence, as in the server's settings. */
    static final long EXPRESS = 495;

    private static final int A_THIRD = Shop.ARTICLES / LINES;

    /** Which articles buyers want. */
    enum Demand {
        /** Every article as often as any other. */
        UNIFORM,
        /** The same article in every basket, and two others. */
        HOT,
        /** Two articles that are there and one that is sold out. */
        SOLD_OUT
    }

    static Basket random(Demand demand, RandomGenerator random) {
        var first = demand == Demand.HOT ? 1 : 1 + random.nextInt(A_THIRD);
        var second = 1 + A_THIRD + random.nextInt(A_THIRD);
        var third = demand == Demand.SOLD_OUT
                ? Shop.SOLD_OUT
                : 1 + 2 * A_THIRD + random.nextInt(Shop.ARTICLES - 2 * A_THIRD);
        return new Basket(new Article(first), new Article(second), new Article(third));
    }

    List<Article> articles() {
        return List.of(first, second, third);
    }

    long subtotal() {
        return QUANTITY * (first.price() + second.price() + third.price());
    }

    long total() {
        return subtotal() + EXPRESS;
    }
}
