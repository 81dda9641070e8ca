package kontor.orders.imports;

/**
 * An import that is running.
 *
 * @param actor who imports: {@code user:17}
 */
record ImportRun(long id, ImportOptions options, String actor) {}
