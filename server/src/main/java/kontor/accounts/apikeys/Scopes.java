package kontor.accounts.apikeys;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;
import kontor.web.Requires;
import kontor.web.SignedIn;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * What a key can be let do: whatever operations ask for. Nobody lets a key do more than they may do themselves; what an
 * operation that is open to everyone asks of programs, anybody may.
 */
@Component
class Scopes {
    /** Asked for by what is sent to an operation, and not by the operation. */
    private static final String RECORD_PAYMENTS = "payments:record";

    private final ObjectProvider<RequestMappingHandlerMapping> operations;

    Scopes(@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> operations) {
        this.operations = operations;
    }

    /**
     * Each once and in alphabetical order.
     *
     * @throws Refusal 422 naming every one that there is not, 403 {@code beyond_own_rights} for those that the caller may
     *     not give
     */
    SortedSet<String> checked(List<String> wanted, Caller caller) {
        var known = new TreeSet<>(Set.of(RECORD_PAYMENTS));
        var everybodys = new TreeSet<String>();
        for (var operation : operations.getObject().getHandlerMethods().values()) note(operation, known, everybodys);
        var errors = new ArrayList<FieldError>();
        for (var i = 0; i < wanted.size(); i++)
            if (!known.contains(wanted.get(i)))
                errors.add(new FieldError("scopes[" + i + "]", "unknown", "is nothing that a key can be let do"));
        if (!errors.isEmpty()) throw Refusal.ofFields(errors);
        var scopes = new TreeSet<>(wanted);
        var beyond = scopes.stream()
                .filter(scope -> !caller.may(scope) && !everybodys.contains(scope))
                .toList();
        if (!beyond.isEmpty())
            throw new Refusal(
                    HttpStatus.FORBIDDEN,
                    "beyond_own_rights",
                    "You cannot let a key do what you may not do yourself: " + String.join(", ", beyond) + ".",
                    Map.of("permissions", beyond),
                    List.of());
        return scopes;
    }

    private static void note(HandlerMethod operation, Set<String> known, Set<String> everybodys) {
        var requires = operation.getMethodAnnotation(Requires.class);
        if (requires != null) known.add(requires.value());
        var signedIn = operation.getMethodAnnotation(SignedIn.class);
        if (signedIn != null && !signedIn.scope().isEmpty()) known.add(signedIn.scope());
        var anyone = operation.getMethodAnnotation(Anyone.class);
        if (anyone == null || anyone.scope().isEmpty()) return;
        known.add(anyone.scope());
        everybodys.add(anyone.scope());
    }
}
