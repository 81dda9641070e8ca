package kontor.inventory;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import kontor.catalog.StockCounts;
import kontor.database.Statements;
import kontor.inventory.AdjustResult.Adjusted;
import kontor.inventory.AdjustResult.BelowReserved;
import kontor.inventory.AdjustResult.TooMuch;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Stock. What is reserved for orders is taken from the location that orders are filled from.
 *
 * <p>Reserving, holding and releasing work on whole batches inside the caller's transaction and never open one. All of
 * it locks the rows of levels in the order of variants, so that batches wait for each other but never in a circle.
 */
@Service
public class Inventory implements StockCounts {
    private final StockStore store;

    Inventory(StockStore store) {
        this.store = store;
    }

    /**
     * Reserves all of it, and the database decides: nothing is read first.
     *
     * @param variantIds rising, each once
     * @param quantities of the variants at the same places
     * @return false when not every variant had enough. Some may be reserved then: the caller must roll back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean reserve(long[] variantIds, long[] quantities) {
        return variantIds.length == 0 || store.reserve(variantIds, quantities) == variantIds.length;
    }

    /**
     * What is left, locked until the transaction ends: as much can be reserved.
     *
     * @param variantIds rising, each once
     * @return by variant; one that never had stock is missing
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Map<Long, Long> availableLocked(long[] variantIds) {
        return store.availableLocked(variantIds);
    }

    /** What is left at this moment, by variant; one that never had stock is missing. Another buyer may be faster. */
    public Map<Long, Long> available(long[] variantIds) {
        return store.available(variantIds);
    }

    /** Writes down for which orders stock is reserved. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void hold(Statements statements, List<NewHold> holds) {
        if (!holds.isEmpty()) store.insertHolds(statements, holds);
    }

    /** The same at once. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void hold(List<NewHold> holds) {
        var statements = new Statements();
        hold(statements, holds);
        store.run(statements);
    }

    /**
     * Gives back what is held for these orders: each hold once, however often and from however many sides it is asked.
     *
     * @return how many holds this call has released
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public int release(Collection<Long> orderIds) {
        return orderIds.isEmpty() ? 0 : store.release(array(orderIds));
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public int release(long orderId) {
        return store.release(new long[] {orderId});
    }

    /**
     * Moves stock at a location and writes down why.
     *
     * @param delta not 0; at most {@link StockCounts#MOST} either way
     * @param actor who does it: {@code user:17}
     */
    @Transactional
    public AdjustResult adjust(long variantId, Location location, long delta, String reason, String actor) {
        var adjusted = store.adjust(variantId, location, delta);
        if (adjusted != null) {
            store.insertMovement(variantId, location, delta, reason, actor);
            return new Adjusted(adjusted);
        }
        var level = store.level(variantId, location);
        return delta < 0 ? new BelowReserved(level) : new TooMuch(level);
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public CountResult count(List<Count> counts, String reason, String actor) {
        return counts.isEmpty() ? new CountResult(0, List.of()) : store.count(counts, reason, actor);
    }

    public List<Level> levels(long variantId) {
        return store.levels(variantId);
    }

    /** Why its stock is what it is, the newest first. */
    public Page<Movement> movements(long variantId, PageRequest page) {
        return Page.of(
                store.movements(variantId, page.after(Long.MAX_VALUE), page.limit() + 1),
                page.limit(),
                movement -> PageRequest.cursor(movement.id()));
    }

    public List<Location> locations() {
        return store.locations();
    }

    /** @param code null for the location that orders are filled from @return null when there is none with this code */
    public @Nullable Location location(@Nullable String code) {
        return store.locations().stream()
                .filter(location -> code == null
                        ? location.id() == Location.OF_ORDERS
                        : location.code().equals(code))
                .findFirst()
                .orElse(null);
    }

    Location addLocation(NewLocation location) {
        var added = store.insertLocation(location);
        if (added == null)
            throw new Refusal(
                    HttpStatus.CONFLICT, "code_taken", "There is a location with the code " + location.code() + ".");
        return added;
    }

    private static long[] array(Collection<Long> ids) {
        var array = ids.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(array);
        return array;
    }
}
