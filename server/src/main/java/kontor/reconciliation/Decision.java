package kontor.reconciliation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a line of a gateway's books. */
sealed interface Decision {
    BookLine line();

    /** Our books say the same. {@code facts} are empty when an earlier line of the payment stands for them. */
    record Matched(BookLine line, List<BookedFact> facts) implements Decision {}

    /**
     * Our books have it with another amount.
     *
     * @param difference what the gateway moved beyond what we booked, in minor units; may be below zero
     */
    record Differs(BookLine line, BookedFact fact, long difference) implements Decision {}

    /** Our books do not have it. {@code fact} is what it contradicts. */
    record Suspended(
            BookLine line, BreakKind kind, @Nullable BookedFact fact) implements Decision {}
}
