package kontor.accounts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import kontor.accounts.sessions.Session;

/**
 * All that is kept of a person, but for secrets, which nobody can be shown.
 *
 * @param sessions that go on
 * @param records by module: {@code orders}, …
 */
record PersonalExport(Instant exportedAt, User profile, List<Session> sessions, Map<String, Object> records) {}
