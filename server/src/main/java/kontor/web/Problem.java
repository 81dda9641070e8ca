package kontor.web;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.slf4j.MDC;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** How an error leaves the server: RFC 9457 problem details. Clients branch on {@code code}, so once released it stays. */
public class Problem {
    /** The fact that says how many seconds ago somebody may have shown who they are. */
    static final String MAX_AGE = "max_age";

    private Problem() {}

    /** As RFC 6750 has it, and RFC 9470 for a login that is not fresh enough. */
    private static String challenge(Map<String, ?> facts) {
        return facts.get(MAX_AGE) instanceof Integer seconds
                ? "Bearer error=\"insufficient_user_authentication\", max_age=" + seconds
                : "Bearer";
    }

    /** An error answer. {@code facts} are the values a client needs to recover, such as the current price. */
    public static ResponseEntity<ProblemDetail> of(
            HttpStatus status, String code, String detail, Map<String, ?> facts) {
        return of(status, code, detail, facts, List.of());
    }

    public static ResponseEntity<ProblemDetail> of(HttpStatus status, String code, String detail) {
        return of(status, code, detail, Map.of(), List.of());
    }

    static ResponseEntity<ProblemDetail> of(Refusal refusal) {
        return of(
                refusal.status(),
                refusal.code(),
                String.valueOf(refusal.getMessage()),
                refusal.facts(),
                refusal.errors());
    }

    static ResponseEntity<ProblemDetail> of(
            HttpStatus status, String code, String detail, Map<String, ?> facts, List<Refusal.FieldError> errors) {
        var answer = ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == HttpStatus.UNAUTHORIZED) answer.header("WWW-Authenticate", challenge(facts));
        if (facts.get("retry_after") instanceof Integer seconds) answer.header("Retry-After", seconds.toString());
        return answer.body(detail(status, code, detail, facts, errors));
    }

    static ProblemDetail detail(
            HttpStatus status, String code, String detail, Map<String, ?> facts, List<Refusal.FieldError> errors) {
        var problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("/problems/" + code));
        problem.setProperty("code", code);
        facts.forEach(problem::setProperty);
        if (!errors.isEmpty()) problem.setProperty("errors", errors);
        var requestId = MDC.get(RequestIds.KEY);
        if (requestId != null) problem.setProperty("request_id", requestId);
        return problem;
    }
}
