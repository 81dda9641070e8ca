package kontor.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report as it is answered and printed.
 *
 * @param asOf the moment that all of it is about
 */
record ReportView(Instant asOf, long tookMs, boolean holds, List<Item> items) {
    /**
     * One invariant.
     *
     * @param violations how many rows break it; {@code rows} has the first of them
     */
    record Item(String id, String sentence, boolean holds, long violations, List<Map<String, @Nullable Object>> rows) {}

    static ReportView of(Report report) {
        return new ReportView(
                report.asOf(),
                report.took().toMillis(),
                report.holds(),
                report.findings().stream()
                        .map(finding -> new Item(
                                finding.invariant().id(),
                                finding.invariant().sentence(),
                                finding.holds(),
                                finding.violations(),
                                finding.rows()))
                        .toList());
    }
}
