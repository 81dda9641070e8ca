package kontor.catalog;

/**
 * What is wrong with a line of an imported file.
 *
 * @param line where it begins, as an editor counts
 * @param field the column's name; "" when it is the line as a whole
 */
public record RowError(long line, String field, String code, String message) {}
