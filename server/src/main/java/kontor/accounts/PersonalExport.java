package kontor.accounts;

import java.time.Instant;
import java.util.Map;

/**
 * All that is kept of a person, but for secrets, which nobody can be shown.
 *
 * @param records by what keeps them: {@code orders}, {@code logins}, {@code factors}, …
 */
record PersonalExport(Instant exportedAt, User profile, Map<String, Object> records) {}
