package kontor.inventory;

/** What can become of a stock adjustment. */
public sealed interface AdjustResult {
    record Adjusted(Level level) implements AdjustResult {}

    /** Less than nothing would be left, or less than is promised to orders; nothing was moved. */
    record BelowReserved(Level level) implements AdjustResult {}

    /** More than can be counted would lie there; nothing was moved. */
    record TooMuch(Level level) implements AdjustResult {}
}
