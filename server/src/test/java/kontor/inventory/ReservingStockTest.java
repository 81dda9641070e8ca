package kontor.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import kontor.KontorTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class ReservingStockTest {
    private static final Location MAIN = new Location(Location.OF_ORDERS, "main", "Main warehouse");
    private static final AtomicLong IDS = new AtomicLong(7_000_000_000L);

    private final List<Long> orders = Collections.synchronizedList(new ArrayList<>());

    @Autowired
    Inventory inventory;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    JdbcClient jdbc;

    /** These orders were never written; nothing must stay promised to them. */
    @AfterEach
    void releaseEverything() {
        transactions.executeWithoutResult(status -> inventory.release(orders));
    }

    @Test
    void sellsExactlyWhatIsThereToParallelBuyers() throws Exception {
        var variant = received(100);
        var answers = inParallel(200, () -> placed(IDS.incrementAndGet(), variant, 1));
        assertThat(answers).filteredOn(sold -> sold).hasSize(100);
        assertThat(inventory.available(new long[] {variant})).containsEntry(variant, 0L);
        assertThat(reserved(variant)).isEqualTo(100);
        assertThat(held(variant)).isEqualTo(100);
    }

    @Test
    void sellsExactlyWhatIsThereOfSeveralArticlesAtOnce() throws Exception {
        var first = received(30);
        var second = received(50);
        var answers =
                inParallel(80, () -> placed(IDS.incrementAndGet(), new long[] {first, second}, new long[] {1, 2}));
        assertThat(answers).filteredOn(sold -> sold).hasSize(25);
        assertThat(reserved(first)).isEqualTo(25);
        assertThat(reserved(second)).isEqualTo(50);
    }

    @Test
    void refusesABatchThatIsShortOfOneArticleAndReservesNothing() {
        var enough = received(10);
        var short_ = received(2);
        assertThat(placed(IDS.incrementAndGet(), new long[] {enough, short_}, new long[] {5, 3}))
                .isFalse();
        assertThat(reserved(enough)).isZero();
        assertThat(reserved(short_)).isZero();
        assertThat(held(enough)).isZero();
    }

    @Test
    void refusesAnArticleThatNeverHadStock() {
        var variant = IDS.incrementAndGet();
        assertThat(placed(IDS.incrementAndGet(), variant, 1)).isFalse();
        assertThat(inventory.available(new long[] {variant})).isEmpty();
    }

    @Test
    void tellsWhatIsLeftAndKeepsItUntilTheTransactionEnds() {
        var variant = received(5);
        var other = received(1);
        transactions.executeWithoutResult(status -> {
            assertThat(inventory.availableLocked(new long[] {variant, other}))
                    .isEqualTo(Map.of(variant, 5L, other, 1L));
            var eager = Thread.startVirtualThread(() -> placed(IDS.incrementAndGet(), variant, 1));
            assertThat(placed(IDS.incrementAndGet(), variant, 5)).isTrue();
            assertThat(eager.isAlive()).isTrue();
        });
        assertThat(inventory.available(new long[] {variant, other})).isEqualTo(Map.of(variant, 0L, other, 1L));
    }

    @Test
    void reservesOnlyInsideTheCallersTransaction() {
        assertThatThrownBy(() -> inventory.reserve(new long[] {1}, new long[] {1}))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void releasesAHoldOnceHoweverManyAskForIt() throws Exception {
        var variant = received(10);
        var order = IDS.incrementAndGet();
        var neighbour = IDS.incrementAndGet();
        assertThat(placed(order, variant, 4)).isTrue();
        assertThat(placed(neighbour, variant, 3)).isTrue();

        var released = inParallel(20, () -> transactions.execute(status -> inventory.release(order)));

        assertThat(released).filteredOn(count -> count == 1).hasSize(1);
        assertThat(released).filteredOn(count -> count == 0).hasSize(19);
        assertThat(reserved(variant)).isEqualTo(3);
        assertThat(held(variant)).isEqualTo(3);
    }

    @Test
    void releasesOverlappingOrdersFromManySidesWithoutLosingOrDoublingAny() throws Exception {
        var first = received(100);
        var second = received(100);
        for (var i = 0; i < 20; i++)
            assertThat(placed(IDS.incrementAndGet(), new long[] {first, second}, new long[] {2, 3}))
                    .isTrue();
        var released = inParallel(12, () -> transactions.execute(status -> inventory.release(orders.reversed())));
        assertThat(released.stream().mapToInt(Integer::intValue).sum()).isEqualTo(40);
        assertThat(reserved(first)).isZero();
        assertThat(reserved(second)).isZero();
    }

    private long received(long quantity) {
        var variant = IDS.incrementAndGet();
        inventory.adjust(variant, MAIN, quantity, "received", "user:1");
        return variant;
    }

    private boolean placed(long order, long variant, long quantity) {
        return placed(order, new long[] {variant}, new long[] {quantity});
    }

    /** As an order is placed: the hold first, the stock last, and all of it rolled back when something is short. */
    private boolean placed(long order, long[] variants, long[] quantities) {
        orders.add(order);
        return Boolean.TRUE.equals(transactions.execute(status -> {
            var holds = new ArrayList<NewHold>();
            for (var i = 0; i < variants.length; i++)
                holds.add(new NewHold(order, variants[i], quantities[i], Duration.ofSeconds(-1)));
            inventory.hold(holds);
            var all = inventory.reserve(variants, quantities);
            if (!all) status.setRollbackOnly();
            return all;
        }));
    }

    private long reserved(long variant) {
        return sum("SELECT coalesce(sum(reserved), 0) FROM inventory.levels WHERE variant_id = ?", variant);
    }

    private long held(long variant) {
        return sum(
                "SELECT coalesce(sum(quantity), 0) FROM inventory.holds WHERE variant_id = ? AND state = 'held'",
                variant);
    }

    private long sum(String sql, long variant) {
        return jdbc.sql(sql).param(variant).query(Long.class).single();
    }

    /** As many at once as there are connections: more would wait for one, and not for the stock. */
    private static <T> List<T> inParallel(int times, Callable<T> task) throws Exception {
        try (var threads = Executors.newFixedThreadPool(10)) {
            var answers = new ArrayList<T>();
            for (Future<T> answer : threads.invokeAll(Collections.nCopies(times, task))) answers.add(answer.get());
            return answers;
        }
    }
}
