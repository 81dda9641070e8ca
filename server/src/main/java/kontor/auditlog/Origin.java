package kontor.auditlog;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Where a request came from; all null for what the server does by itself.
 *
 * @param network the address, in which a proxy that is trusted is already looked through
 * @param userAgent what the caller says to be
 * @param requestId see {@code kontor.web.RequestIds}
 */
record Origin(
        @Nullable String network,
        @Nullable String userAgent,
        @Nullable String requestId) {
    static final Origin SERVER = new Origin(null, null, null);
    private static final String REQUEST_ID = "request_id"; // as it stands in every line of the log
    private static final int LONGEST_ADDRESS = 64;
    private static final int LONGEST_AGENT = 200;

    static Origin of(HttpServletRequest request) {
        return new Origin(
                Recordable.text(request.getRemoteAddr(), LONGEST_ADDRESS),
                Recordable.text(request.getHeader(HttpHeaders.USER_AGENT), LONGEST_AGENT),
                Recordable.text(MDC.get(REQUEST_ID), LONGEST_ADDRESS));
    }

    /** The request that runs on this thread; null for none. */
    static @Nullable HttpServletRequest request() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? attributes.getRequest()
                : null;
    }
}
