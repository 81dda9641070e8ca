package kontor.audit;

/**
 * Something that is always true.
 *
 * @param id stable, for machines: {@code stock_is_not_oversold}
 * @param sentence for people
 * @param query finds the rows for which it is not true, so that none means it holds
 */
public record Invariant(String id, String sentence, String query) {}
