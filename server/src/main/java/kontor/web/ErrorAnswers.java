package kontor.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ValidationException;
import java.net.SocketTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import kontor.database.Database;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.validation.FieldError;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Turns whatever goes wrong into a problem answer: 400 for what cannot be parsed, 422 for what is understood and wrong. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class ErrorAnswers {
    private static final Logger log = LoggerFactory.getLogger(ErrorAnswers.class);
    static final String NOTHING = "There is nothing here.";
    private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(Refusal refusal) {
        return Problem.of(refusal);
    }

    /** A constraint that refuses more than its field: card data, wherever it stands. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> refusedByConstraint(ValidationException e, HttpServletRequest request) {
        return e.getCause() instanceof Refusal refusal ? Problem.of(refusal) : failed(e, request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTooLarge) return tooLarge();
            if (cause instanceof Refusal refusal) return Problem.of(refusal);
            if (cause instanceof ClientAbortException silent) return incomplete(silent);
            if (cause instanceof CharacterCodingException)
                return Problem.of(HttpStatus.BAD_REQUEST, "malformed_json", "The body is not UTF-8.");
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause())
            if (cause instanceof JacksonException json) {
                // It names the value that did not fit.
                if (isCardData(json.getOriginalMessage())) return Problem.of(PlainText.Check.cardData());
                return unreadableJson(json);
            }
        return Problem.of(HttpStatus.BAD_REQUEST, "malformed_json", "The request needs a JSON body.");
    }

    private static ResponseEntity<ProblemDetail> unreadableJson(JacksonException json) {
        var field = pathOf(json);
        return switch (json) {
            case UnrecognizedPropertyException unknown ->
                Problem.of(Refusal.ofField(field, "unknown_field", "is not a member of this request"));
            case StreamConstraintsException limit ->
                field.isEmpty()
                        ? Problem.of(
                                HttpStatus.BAD_REQUEST,
                                "malformed_json",
                                "The JSON body is too deep or has too long a number.")
                        : Problem.of(Refusal.ofField(field, "too_long", "is too deep or too long"));
            case InputCoercionException beyond ->
                Problem.of(Refusal.ofField(
                        field.isEmpty() ? "body" : field, "out_of_range", "is a number beyond all that fit here"));
            case StreamReadException broken ->
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "malformed_json",
                        "The body is not valid JSON" + (field.isEmpty() ? "" : " (at " + field + ")") + ".",
                        field.isEmpty() ? Map.of() : Map.of("field", field));
            case MismatchedInputException mismatch
            when field.isEmpty() ->
                Problem.of(HttpStatus.BAD_REQUEST, "malformed_json", "The body must be one JSON object.");
            default -> Problem.of(Refusal.ofField(field.isEmpty() ? "body" : field, "wrong_type", expectation(json)));
        };
    }

    /** What breaks another rule of its field and is card data is called that. */
    private static boolean isCardData(@Nullable Object refused) {
        return refused instanceof String text && PlainText.Check.holdsCardNumber(text);
    }

    private static String expectation(JacksonException json) {
        if (!(json instanceof MismatchedInputException mismatch) || mismatch.getTargetType() == null)
            return "has a value of the wrong kind";
        var type = mismatch.getTargetType();
        if (type == long.class || type == int.class || type == Long.class || type == Integer.class)
            return "must be a whole number";
        if (type == String.class) return "must be a string";
        if (type == boolean.class || type == Boolean.class) return "must be true or false";
        if (List.class.isAssignableFrom(type)) return "must be an array";
        if (type == java.util.Currency.class) return "must be an ISO 4217 currency code such as EUR or GBP";
        if (type.isEnum())
            return "must be one of "
                    + List.of(type.getEnumConstants()).toString().toLowerCase(java.util.Locale.ROOT);
        if (type == java.time.Instant.class) return "must be a time such as 2026-11-23T09:00:00Z";
        return type.isRecord() ? "must be an object" : "has a value of the wrong kind";
    }

    private static String pathOf(JacksonException json) {
        var path = new StringBuilder();
        for (var step : json.getPath()) {
            if (step.getPropertyName() == null)
                path.append('[').append(step.getIndex()).append(']');
            else path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        }
        return path.toString();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalid(MethodArgumentNotValidException e) {
        if (e.getBindingResult().getFieldErrors().stream().anyMatch(error -> isCardData(error.getRejectedValue())))
            return Problem.of(PlainText.Check.cardData());
        var errors = e.getBindingResult().getAllErrors().stream()
                .map(error -> error instanceof FieldError field
                        ? new Refusal.FieldError(
                                snake(field.getField()), codeOf(field.getCode()), message(field.getDefaultMessage()))
                        : new Refusal.FieldError("body", codeOf(error.getCode()), message(error.getDefaultMessage())))
                .toList();
        return invalid(errors);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalid(HandlerMethodValidationException e) {
        var errors = e.getParameterValidationResults().stream()
                .flatMap(parameter -> parameter.getResolvableErrors().stream()
                        .map(error -> new Refusal.FieldError(
                                snake(String.valueOf(
                                        parameter.getMethodParameter().getParameterName())),
                                error.getCodes() == null
                                        ? "invalid"
                                        : codeOf(error.getCodes()[error.getCodes().length - 1]),
                                message(error.getDefaultMessage()))))
                .toList();
        return invalid(errors);
    }

    /** The 422 for input that broke constraints, for those that validate by hand. */
    static Refusal refusalOf(java.util.Set<? extends ConstraintViolation<?>> violations) {
        var errors = violations.stream()
                .map(violation -> new Refusal.FieldError(
                        snake(violation.getPropertyPath().toString()),
                        codeOf(violation
                                .getConstraintDescriptor()
                                .getAnnotation()
                                .annotationType()
                                .getSimpleName()),
                        violation.getMessage()))
                .toList();
        return Refusal.ofFields(errors);
    }

    private static ResponseEntity<ProblemDetail> invalid(List<Refusal.FieldError> errors) {
        return Problem.of(Refusal.ofFields(errors));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> wrongParameter(MethodArgumentTypeMismatchException e) {
        // An id in the path that is no number names nothing; a query parameter of the wrong kind is a mistake to point
        // at.
        if (e.getParameter().hasParameterAnnotation(org.springframework.web.bind.annotation.PathVariable.class))
            return Problem.of(HttpStatus.NOT_FOUND, "not_found", NOTHING);
        return Problem.of(Refusal.ofField(e.getName(), "wrong_type", "has a value of the wrong kind"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> missingParameter(MissingServletRequestParameterException e) {
        return Problem.of(Refusal.ofField(e.getParameterName(), "required", "is missing"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unacceptable(HttpMediaTypeNotAcceptableException e) {
        return Problem.of(
                HttpStatus.NOT_ACCEPTABLE, "not_acceptable", "The answer is JSON; the Accept header rules that out.");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooLarge(BodyTooLarge e) {
        return tooLarge();
    }

    private static ResponseEntity<ProblemDetail> tooLarge() {
        return Problem.of(HttpStatus.CONTENT_TOO_LARGE, "too_large", "The body is larger than this operation takes.");
    }

    /** Tomcat finds out when the parameters are read, and most operations read one. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> malformedQuery(InvalidParameterException e) {
        return Problem.of(
                HttpStatus.BAD_REQUEST,
                "malformed_query",
                "The parameters cannot be read: they need names and whole %-escapes of UTF-8, and there may be 1,000.");
    }

    /** While a body was being read: the caller hung up in the middle of it, or fell silent. Not our failure. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> incomplete(ClientAbortException e) {
        if (e.getCause() instanceof SocketTimeoutException)
            return Problem.of(HttpStatus.REQUEST_TIMEOUT, "body_timeout", "The rest of the body did not come in time.");
        return Problem.of(HttpStatus.BAD_REQUEST, "incomplete_body", "The body ended before it was complete.");
    }

    /**
     * Chosen as a deadlock's victim, and not for the first time where that is tried again; or ended by a timeout of a
     * statement. Nothing was written.
     */
    @ExceptionHandler({PessimisticLockingFailureException.class, QueryTimeoutException.class})
    ResponseEntity<ProblemDetail> busy(DataAccessException e) {
        log.warn("Refused as busy: {}", e.toString());
        return Problem.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "busy",
                "Too much is going on here right now. Try again with the same Idempotency-Key.",
                Map.of("retry_after", 1));
    }

    /** PostgreSQL's {@code lock_not_available}, a turn that did not come within {@code lock_timeout}, has no class in Spring. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> busyOrFailed(UncategorizedSQLException e, HttpServletRequest request) {
        var cause = e.getSQLException();
        return cause != null && "55P03".equals(cause.getSQLState()) ? busy(e) : failed(e, request);
    }

    @ExceptionHandler
    void gone(AsyncRequestNotUsableException e) {
        // The caller hung up; nobody is left to answer.
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(Exception e, HttpServletRequest request) {
        if (e instanceof ErrorResponse known) {
            var status = HttpStatus.valueOf(known.getStatusCode().value());
            var answer = Problem.of(status, status.name().toLowerCase(java.util.Locale.ROOT), sentence(status));
            return ResponseEntity.status(status)
                    .headers(headers -> {
                        headers.addAll(answer.getHeaders());
                        known.getHeaders().forEach((name, values) -> headers.put(name, values));
                    })
                    .body(answer.getBody());
        }
        if (Database.isUnavailable(e)) {
            log.warn("The database did not answer {}: {}", called(request), e.toString());
            return unavailable();
        }
        log.error("{} failed", called(request), e);
        return Problem.of(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "internal_error",
                "This failed on our side. Quote the request id when you report it.");
    }

    /** What was asked for, also when Tomcat has sent the request on to {@link UnhandledErrors}. */
    private static String called(HttpServletRequest request) {
        var method = request.getAttribute(RequestDispatcher.ERROR_METHOD);
        var address = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return (method == null ? request.getMethod() : method)
                + " "
                + (address == null ? request.getRequestURI() : address);
    }

    /** The database is away. Whether the last write of the request happened may be unknown, and the same key is safe. */
    private static ResponseEntity<ProblemDetail> unavailable() {
        return Problem.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "database_unavailable",
                "The database does not answer right now. Try again with the same Idempotency-Key: nothing will be done twice.",
                Map.of("retry_after", 1));
    }

    private static String sentence(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> NOTHING;
            case METHOD_NOT_ALLOWED -> "This address does not take that method.";
            case UNSUPPORTED_MEDIA_TYPE -> "Send the body as application/json.";
            default -> status.getReasonPhrase() + ".";
        };
    }

    private static String snake(String path) {
        return HUMP.matcher(path).replaceAll("$1_$2").toLowerCase(java.util.Locale.ROOT);
    }

    /** {@code NotBlank} becomes {@code not_blank}. */
    private static String codeOf(@Nullable String constraint) {
        return constraint == null ? "invalid" : snake(constraint);
    }

    private static String message(@Nullable String text) {
        return text == null ? "is not valid" : text;
    }
}
