package kontor.auditlog;

import java.time.Instant;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Which acts are looked for; null for any.
 *
 * @param action exactly this, or with an asterisk behind it all that begin so: {@code users.*}
 * @param from the first moment
 * @param until the first moment that is too late
 */
record ActFilter(
        @Nullable String actor,
        @Nullable String action,
        @Nullable String subject,
        @Nullable Outcome outcome,
        @Nullable Instant from,
        @Nullable Instant until) {
    static final ActFilter ALL = new ActFilter(null, null, null, null, null, null);
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /** @throws Refusal 422 for what cannot be */
    ActFilter {
        if (from != null) check("from", from);
        if (until != null) check("until", until);
        if (from != null && until != null && until.isBefore(from))
            throw Refusal.ofField("until", "before_from", "must not be before from");
    }

    private static void check(String field, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST))
            throw Refusal.ofField(field, "out_of_range", "must be a time in the years 1 to 9999");
    }

    static @Nullable Outcome outcomeOf(@Nullable String given) {
        if (given == null) return null;
        for (var outcome : Outcome.values()) if (outcome.code().equals(given)) return outcome;
        throw Refusal.ofField("outcome", "unknown", "must be done or refused");
    }
}
