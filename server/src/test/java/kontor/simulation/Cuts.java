package kontor.simulation;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The places where the server may die: before and after each commit, before each call of a gateway and after its answer.
 * Once it is dead nothing of it gets past any of them, until it is started again.
 */
public final class Cuts {
    private long passed;
    private long at = Long.MAX_VALUE;
    private boolean dead;
    private @Nullable String where;
    private final Supplier<? extends Error> end;

    /** The server has died here: whatever was under way is abandoned. */
    public static final class Cut extends Error {
        Cut(String where) {
            super(where, null, false, false);
        }
    }

    public Cuts() {
        this(() -> new Cut("cut off"));
    }

    /** @param end how the server ends: gives what is thrown, if it returns at all */
    public Cuts(Supplier<? extends Error> end) {
        this.end = end;
    }

    /** Counts from here on; the server dies at the nth place from now. */
    public synchronized void arm(long nth) {
        passed = 0;
        at = nth;
        dead = false;
        where = null;
    }

    /** Counts from here on, and lets everything pass. A server that was dead is another from now on. */
    public synchronized void disarm() {
        arm(Long.MAX_VALUE);
    }

    public synchronized boolean dead() {
        return dead;
    }

    /** How many places were passed since it was armed. */
    public synchronized long passed() {
        return passed;
    }

    /** Where the server died; null while it lives. */
    public synchronized @Nullable String where() {
        return where;
    }

    public synchronized void at(String place) {
        if (!dead) {
            if (++passed < at) return;
            dead = true;
            where = place;
        }
        throw end.get();
    }
}
