package kontor.auditlog;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.regex.Pattern;
import kontor.web.Callers;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/**
 * What is under those who record nothing themselves: every request of staff that changes something leaves one record of
 * what was asked for, and every request that was refused to its caller leaves one, too.
 */
@Component
class Net {
    private static final Logger log = LoggerFactory.getLogger(Net.class);
    private static final Pattern VARIABLE = Pattern.compile("/([a-z0-9_-]+)/\\{([A-Za-z]+)}");
    private static final int LONGEST_ACTION = 200;
    private static final int LONGEST_NAME = 120;
    private static final String NOT_SIGNED_IN = "unauthorized";
    private static final String REFUSED = Net.class.getName();

    private final ActStore store;
    private final Recordable recordable;
    private final Refusals refusals;
    private final Counter lost;

    Net(ActStore store, Recordable recordable, Refusals refusals, MeterRegistry metrics) {
        this.store = store;
        this.recordable = recordable;
        this.refusals = refusals;
        this.lost = Counter.builder("kontor.auditlog.lost")
                .description("Acts that were done, and could not be recorded behind it")
                .register(metrics);
    }

    /** Before a transaction on the request's thread commits: the record belongs to the first that has written something. */
    void beforeCommit(StaffRequest request) {
        if (request.hasRecord()) return;
        if (store.insertBesideOtherWrites(entry(request, null, null, Outcome.DONE))) request.wroteByItself(true);
    }

    /**
     * Before the answer is sent. Where nothing was committed on the request's thread, lanes or a single statement have done
     * it; and what was recorded with a part of the work may have failed after all.
     *
     * @param code of the problem; null for none
     * @param replayed whether it is the answer to an earlier request
     */
    void answered(StaffRequest request, int status, @Nullable String code, boolean replayed) {
        var done = status < HttpStatus.BAD_REQUEST.value();
        if (done ? request.hasRecord() || replayed : !request.isRecordedByItself()) return;
        request.wrote(false);
        try {
            store.insert(entry(request, status, code, done ? Outcome.DONE : Outcome.REFUSED));
        } catch (DataAccessException | TransactionException e) {
            lost.increment();
            log.error(
                    "{} of {} is not in the audit log",
                    actionOf(request.http()),
                    Callers.current().principal(),
                    e);
        }
    }

    private Entry entry(StaffRequest request, @Nullable Integer status, @Nullable String code, Outcome outcome) {
        var http = request.http();
        var asked = recordable.object();
        var path = recordable.object();
        variablesOf(http).forEach((name, value) -> path.put(name, Recordable.text(value, LONGEST_NAME)));
        if (!path.isEmpty()) asked.set("path", path);
        var query = recordable.object();
        if (http.getQueryString() != null)
            http.getParameterMap()
                    .forEach((name, values) -> query.put(
                            Recordable.plain(name, LONGEST_NAME), recordable.asked(name, String.join(",", values))));
        if (!query.isEmpty()) asked.set("query", query);
        if (request.body() != null) asked.set("request", recordable.asked(request.body()));
        if (status != null) asked.put("status", status);
        if (code != null) asked.put("code", code);
        return entry(http, actionOf(http), recordable.written(asked), outcome);
    }

    private static Entry entry(HttpServletRequest http, String action, String after, Outcome outcome) {
        var caller = Callers.current();
        return new Entry(
                caller.principal(),
                caller.isGuest() ? null : Long.valueOf(caller.userId()),
                Origin.of(http),
                action,
                subjectOf(http),
                null,
                after,
                outcome);
    }

    /** A request that was refused because of who sent it, unless that has been recorded. */
    void refused(HttpServletRequest http, int status, @Nullable String code) {
        if (http.getAttribute(REFUSED) != null || (NOT_SIGNED_IN.equals(code) && !isForStaff(http))) return;
        tookDown(http);
        if (!refusals.admit(http.getRemoteAddr())) return;
        var known = http.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) != null;
        var after = recordable.object().put("status", status);
        if (code != null) after.put("code", code);
        if (!known) after.put("path", Recordable.text(http.getRequestURI(), LONGEST_ACTION));
        try {
            store.insert(entry(
                    http,
                    known ? actionOf(http) : "authentication.failed",
                    recordable.written(after),
                    Outcome.REFUSED));
        } catch (DataAccessException | TransactionException e) {
            log.warn(
                    "A refused request of {} is not in the audit log",
                    Callers.current().principal(),
                    e);
        }
    }

    /** That this request was refused is recorded. */
    static void tookDown(HttpServletRequest http) {
        http.setAttribute(REFUSED, true);
    }

    /** Guests may come to the door of customers; at that of staff they try something. */
    private static boolean isForStaff(HttpServletRequest http) {
        return http.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod operation
                && operation.hasMethodAnnotation(Requires.class);
    }

    private static String actionOf(HttpServletRequest http) {
        var pattern = http.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return Recordable.plain(http.getMethod() + " " + pattern, LONGEST_ACTION);
    }

    /** The last thing that the address names: {@code order:5} of {@code /orders/5/refunds}. */
    private static @Nullable String subjectOf(HttpServletRequest http) {
        var pattern = http.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        if (pattern == null) return null;
        String subject = null;
        var variable = VARIABLE.matcher(pattern.toString());
        while (variable.find()) {
            var value = Recordable.text(variablesOf(http).get(variable.group(2)), LONGEST_NAME);
            if (value != null) subject = singular(variable.group(1).replace('-', '_')) + ":" + value;
        }
        return subject == null ? null : Recordable.plain(subject, LONGEST_ACTION);
    }

    private static String singular(String things) {
        if (things.endsWith("ies")) return things.substring(0, things.length() - "ies".length()) + "y";
        return things.endsWith("s") && !things.endsWith("ss") ? things.substring(0, things.length() - 1) : things;
    }

    @SuppressWarnings("unchecked") // Spring's own attribute
    private static Map<String, String> variablesOf(HttpServletRequest http) {
        var variables = (Map<String, String>) http.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        return variables == null ? Map.of() : variables;
    }
}
