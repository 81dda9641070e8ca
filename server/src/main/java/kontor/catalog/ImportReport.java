package kontor.catalog;

/**
 * What an import did; all of it, because a file with an error does nothing.
 *
 * @param dryRun whether it was only tried, and nothing was kept
 * @param rows articles in the file
 */
public record ImportReport(
        boolean dryRun,
        long rows,
        long productsCreated,
        long productsChanged,
        long variantsCreated,
        long variantsChanged,
        long pricesChanged,
        long stockChanged) {}
