package kontor.orders.imports;

import java.time.ZoneId;
import java.util.Currency;

/**
 * How a file is to be understood.
 *
 * @param currency of a CSV file's prices
 * @param zone of a CSV file's local times
 * @param settled whether everything was paid and paid back long ago; otherwise it is owed
 * @param dryRun decide and report only
 */
public record ImportOptions(ImportFormat format, Currency currency, ZoneId zone, boolean settled, boolean dryRun) {}
