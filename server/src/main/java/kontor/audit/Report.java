package kontor.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What an audit found out.
 *
 * @param asOf the moment that all of it is about, by the database's clock
 * @param findings one for each invariant
 */
public record Report(Instant asOf, Duration took, List<Finding> findings) {
    public boolean holds() {
        return broken().isEmpty();
    }

    public List<Finding> broken() {
        return findings.stream().filter(finding -> !finding.holds()).toList();
    }
}
