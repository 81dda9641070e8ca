package kontor.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Decides who may call an operation: the controller method says so with {@link Anyone}, {@link SignedIn} or
 * {@link Requires}, and beside it with {@link FreshLogin} and {@link WhileEnrolling}. Deny by default: an operation that
 * says nothing is not there for anybody.
 */
class Access implements HandlerInterceptor {
    private final ConcurrentMap<Method, Declared> declared = new ConcurrentHashMap<>();
    private final FreshLogins freshLogins;

    Access(FreshLogins freshLogins) {
        this.freshLogins = freshLogins;
    }

    /** All that an operation says of who may call it. */
    private record Declared(Rule rule, boolean fresh, boolean whileEnrolling) {
        static Declared by(HandlerMethod method) {
            return new Declared(
                    ruleOf(method),
                    AnnotationUtils.findAnnotation(method.getMethod(), FreshLogin.class) != null,
                    AnnotationUtils.findAnnotation(method.getMethod(), WhileEnrolling.class) != null
                            || isOfFramework(method));
        }
    }

    /** @param permission what the caller needs, or a client's scope; "" for none */
    record Rule(Kind kind, String permission) {
        enum Kind {
            OPEN,
            SIGNED_IN,
            PERMISSION,
            CLOSED
        }
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method)) return true; // static resources, which say nothing of anybody
        var operation = declared.computeIfAbsent(method.getMethod(), _ -> Declared.by(method));
        var rule = operation.rule();
        var caller = Callers.current();
        if (caller.hasToEnrol() && !operation.whileEnrolling()) throw enrolFirst();
        switch (rule.kind()) {
            case OPEN -> {
                if (!rule.permission().isEmpty()) checkScope(caller, rule.permission());
            }
            case SIGNED_IN -> {
                if (caller.isGuest()) throw Refusal.signInFirst();
                checkScope(caller, rule.permission());
            }
            case PERMISSION -> {
                if (caller.isGuest()) throw Refusal.signInFirst();
                if (!caller.may(rule.permission()))
                    throw new Refusal(
                            HttpStatus.FORBIDDEN, "forbidden", "This needs the permission " + rule.permission() + ".");
            }
            case CLOSED -> throw new Refusal(HttpStatus.NOT_FOUND, "not_found", "There is nothing here.");
        }
        if (operation.fresh()) freshLogins.require(caller);
        return true;
    }

    private static void checkScope(Caller caller, String scope) {
        if (caller.isWithinScope(scope)) return;
        throw new Refusal(
                HttpStatus.FORBIDDEN,
                "insufficient_scope",
                scope.isEmpty() ? "This is not for clients." : "This needs the scope " + scope + ".");
    }

    private static Refusal enrolFirst() {
        return new Refusal(
                HttpStatus.FORBIDDEN,
                "second_factor_enrolment_required",
                "Enrol a second factor first: an authenticator app or a passkey.");
    }

    static Rule ruleOf(HandlerMethod method) {
        var requires = AnnotationUtils.findAnnotation(method.getMethod(), Requires.class);
        if (requires != null) return new Rule(Rule.Kind.PERMISSION, requires.value());
        var signedIn = AnnotationUtils.findAnnotation(method.getMethod(), SignedIn.class);
        if (signedIn != null) return new Rule(Rule.Kind.SIGNED_IN, signedIn.scope());
        var anyone = AnnotationUtils.findAnnotation(method.getMethod(), Anyone.class);
        if (anyone != null) return new Rule(Rule.Kind.OPEN, anyone.scope());
        if (isOfFramework(method)) return new Rule(Rule.Kind.OPEN, "");
        return new Rule(Rule.Kind.CLOSED, "");
    }

    /** The OpenAPI document and its pages, and what the management port serves. */
    private static boolean isOfFramework(HandlerMethod method) {
        var frame = method.getBeanType().getName();
        return frame.startsWith("org.springdoc.") || frame.startsWith("org.springframework.boot.");
    }
}
