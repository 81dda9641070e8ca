package kontor.auditlog;

import org.jspecify.annotations.Nullable;

/**
 * An act as it is written.
 *
 * @param before and after: JSON as text
 */
record Entry(
        String actor,
        @Nullable Long userId,
        Origin origin,
        String action,
        @Nullable String subject,
        @Nullable String before,
        @Nullable String after,
        Outcome outcome) {}
