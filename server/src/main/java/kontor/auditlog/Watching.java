package kontor.auditlog;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import kontor.web.Callers;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Holds the {@link Net} where requests of staff pass: around the operation and at its commits. Requests that read, and
 * those of guests and customers, cost a look at the caller and one at each commit.
 */
@Component
class Watching implements HandlerInterceptor, TransactionExecutionListener {
    private static final String REPLAYED = "Idempotent-Replayed"; // see kontor.idempotency.Answer
    private final Net net;

    Watching(Net net) {
        this.net = net;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod
                && request.getDispatcherType() == DispatcherType.REQUEST
                && changesSomething(request)
                && !Callers.current().permissions().isEmpty()) StaffRequest.begin(request);
        return true;
    }

    private static boolean changesSomething(HttpServletRequest request) {
        return switch (request.getMethod()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> false;
            default -> true;
        };
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception e) {
        var staff = StaffRequest.current();
        if (staff == null) return;
        try {
            // Most have been answered through RecordingBodies; this is for answers without a body.
            if (e == null) net.answered(staff, response.getStatus(), null, response.getHeader(REPLAYED) != null);
        } finally {
            StaffRequest.end();
        }
    }

    static boolean isReplay(HttpHeaders headers) {
        return headers.containsHeader(REPLAYED);
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        var staff = StaffRequest.current();
        if (staff != null && !transaction.isReadOnly()) net.beforeCommit(staff);
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        var staff = StaffRequest.current();
        if (staff == null) return;
        if (failure == null) staff.committed();
        else staff.rolledBack();
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        var staff = StaffRequest.current();
        if (staff != null) staff.rolledBack();
    }
}
