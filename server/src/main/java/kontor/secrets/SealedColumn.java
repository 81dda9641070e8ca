package kontor.secrets;

/**
 * Where a module keeps what it has sealed, as a bean of it, so that everything can be sealed anew with the newest key. What
 * was sealed there is sealed in the {@link #context} of its row, and the server's role may change the column.
 *
 * @param table with its schema
 * @param id its primary key, one column
 * @param column text, null where nothing is kept
 */
public record SealedColumn(String table, String id, String column) {
    /** What a secret in this row is sealed in: see {@link Secrets#seal}. */
    public String context(Object row) {
        return table + "." + column + ":" + row;
    }
}
