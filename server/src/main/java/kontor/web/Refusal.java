package kontor.web;

import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/**
 * A request that is refused where a result type would only be passed up: input that breaks a rule, something that is
 * not there, a missing permission. Leaves as a problem answer; nothing was written.
 */
public class Refusal extends RuntimeException {
    /** What is wrong with one field. {@code field} is its path as the caller wrote it: {@code lines[0].quantity}. */
    public record FieldError(String field, String code, String message) {}

    private final HttpStatus status;
    private final String code;
    private final transient Map<String, ?> facts;
    private final transient List<FieldError> errors;

    public Refusal(HttpStatus status, String code, String detail) {
        this(status, code, detail, Map.of(), List.of());
    }

    /** @param facts values that a client needs to recover, such as what is still available */
    public Refusal(HttpStatus status, String code, String detail, Map<String, ?> facts, List<FieldError> errors) {
        super(detail, null, false, false); // an answer, not a fault: no stack trace to pay for
        this.status = status;
        this.code = code;
        this.facts = facts;
        this.errors = errors;
    }

    /** 422: understood and refused, because of this field. */
    public static Refusal ofField(String field, String code, String message) {
        return ofFields(List.of(new FieldError(field, code, message)));
    }

    /** The same for several fields at once, at least one. */
    public static Refusal ofFields(List<FieldError> errors) {
        var first = errors.getFirst();
        var more = errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "";
        return new Refusal(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "invalid_input",
                first.field() + ": " + first.message() + more,
                Map.of(),
                errors);
    }

    /** 404, for what is absent and for what belongs to somebody else: the two cannot be told apart. */
    public static Refusal notFound(String what) {
        return new Refusal(HttpStatus.NOT_FOUND, "not_found", "There is no such " + what + ".");
    }

    /** 401, for a guest who asks for what nobody does without signing in. */
    public static Refusal signInFirst() {
        return new Refusal(HttpStatus.UNAUTHORIZED, "unauthorized", "Sign in first: send a valid bearer token.");
    }

    public HttpStatus status() {
        return status;
    }

    public String code() {
        return code;
    }

    public Map<String, ?> facts() {
        return facts;
    }

    public List<FieldError> errors() {
        return errors;
    }
}
