package kontor.audit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an audit found out about one invariant.
 *
 * @param violations how many rows break it
 * @param rows the first {@link Audit#ROWS_SHOWN} of them, column by column: numbers, texts, truth values or null
 */
public record Finding(Invariant invariant, long violations, List<Map<String, @Nullable Object>> rows, Duration took) {
    public boolean holds() {
        return violations == 0;
    }
}
