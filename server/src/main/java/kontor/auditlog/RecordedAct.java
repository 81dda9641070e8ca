package kontor.auditlog;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An act as it stands in the audit log.
 *
 * @param actor {@code user:17}, {@code user:17 client:…} for an OAuth client that acted for them, {@code guest}, {@code server}
 * @param network the address that the request came from; null for what the server did by itself
 * @param action a word such as {@code products.change}, or the operation as {@code POST /orders/{id}/capture}
 * @param subject what it was done to: {@code order:5}
 * @param before what was changed, as it was; null where that is not known
 * @param after the same as it became, or what was asked for
 * @param outcome {@code done} or {@code refused}
 * @param seal null for some seconds
 */
record RecordedAct(
        long id,
        Instant at,
        String actor,
        @Nullable Long userId,
        @Nullable String network,
        @Nullable String userAgent,
        @Nullable String requestId,
        String action,
        @Nullable String subject,

        @Schema(
                implementation = Object.class,
                types = {"object", "null"})
        @Nullable
        Object before,

        @Schema(
                implementation = Object.class,
                types = {"object", "null"})
        @Nullable
        Object after,

        String outcome,
        @Nullable Link seal) {
    /**
     * Its link in the chain.
     *
     * @param seq from 1, without gaps
     * @param hash SHA-256 in hexadecimal, over this act and all before. Whoever notes the newest one elsewhere can tell
     *     later that nothing up to it was changed
     */
    record Link(long seq, String hash) {}
}
