/**
 * {@code ./kontor bench}: what this machine's PostgreSQL does with one order per transaction, what Kontor does with the
 * same orders on the same PostgreSQL, and the ratio of both, measured in one run. Absolute figures drift with the
 * machine; ratios of one run can be compared.
 */
@NullMarked
package kontor.bench;

import org.jspecify.annotations.NullMarked;
