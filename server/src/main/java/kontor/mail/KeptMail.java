package kontor.mail;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a mail, whose text is not.
 *
 * @param sentAt null for one that waits, or was given up
 */
public record KeptMail(
        String recipient,
        String subject,
        Instant createdAt,
        @Nullable Instant sentAt) {}
