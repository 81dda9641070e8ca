package kontor.auditlog;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request of staff that changes something, while it runs on its thread. Staff is who has any permission at all; what
 * they do as customers is recorded with the rest, for an address does not tell in which of both roles they act.
 */
final class StaffRequest {
    private static final ThreadLocal<@Nullable StaffRequest> CURRENT = new ThreadLocal<>();

    private final HttpServletRequest http;
    private @Nullable Object body;
    private boolean written;
    private boolean recorded;
    private boolean byItself;

    private StaffRequest(HttpServletRequest http) {
        this.http = http;
    }

    static @Nullable StaffRequest current() {
        return CURRENT.get();
    }

    static void begin(HttpServletRequest http) {
        CURRENT.set(new StaffRequest(http));
    }

    static void end() {
        CURRENT.remove();
    }

    /** Runs something that is no part of the act. */
    static void aside(Runnable work) {
        var request = CURRENT.get();
        CURRENT.remove();
        try {
            work.run();
        } finally {
            if (request != null) CURRENT.set(request);
        }
    }

    HttpServletRequest http() {
        return http;
    }

    @Nullable
    Object body() {
        return body;
    }

    void bodyIs(Object understood) {
        body = understood;
    }

    /** A record was written; it counts as soon as the transaction that it was written in has committed. */
    void wrote(boolean inTransaction) {
        if (inTransaction) written = true;
        else recorded = true;
    }

    /** The record is the one that nobody had to ask for. */
    void wroteByItself(boolean inTransaction) {
        byItself = true;
        wrote(inTransaction);
    }

    void committed() {
        recorded |= written;
        written = false;
    }

    void rolledBack() {
        written = false;
    }

    boolean hasRecord() {
        return recorded || written;
    }

    /** Whether all that is recorded of it is what was asked for. */
    boolean isRecordedByItself() {
        return recorded && byItself;
    }
}
