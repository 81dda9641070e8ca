package kontor.auditlog;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.web.Caller;
import kontor.web.Requires;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The net is under every operation that needs a permission and changes something, also under those to come. */
@KontorTest
class EveryOperationOfStaffTest {
    private static final long SOMEBODY = 987_654_321;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private Log log;

    @Autowired
    private Watching watching;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mapping;

    private MockHttpServletRequest request = new MockHttpServletRequest();
    private String agent = "";

    @AfterEach
    void signOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void leavesARecordWithTheFirstTransactionThatWrites() {
        for (var operation : operations().entrySet()) {
            var name = operation.getKey();
            begin(name, operation.getValue());
            transaction.executeWithoutResult(_ -> jdbc.queryForObject("SELECT 1", Long.class)); // writes nothing
            assertThat(acts(name)).as(name).isZero();
            write();
            write();
            end(200, operation.getValue());
            assertThat(acts(name)).as(name).isEqualTo(1);
        }
    }

    @Test
    void leavesARecordWithTheAnswerWhenNothingWasWrittenHere() {
        for (var operation : operations().entrySet()) {
            var name = operation.getKey();
            begin(name, operation.getValue());
            end(202, operation.getValue());
            assertThat(acts(name)).as(name).isEqualTo(1);
            begin(name, operation.getValue());
            end(422, operation.getValue());
            assertThat(acts(name)).as(name).isZero();
        }
    }

    @Test
    void leavesAnotherRecordWhenItFailsBehindTheFirst() {
        var operation = operations().entrySet().iterator().next();
        begin(operation.getKey(), operation.getValue());
        write();
        end(409, operation.getValue());
        assertThat(jdbc.queryForList(
                        "SELECT outcome || coalesce(' ' || (after ->> 'status'), '') FROM auditlog.acts "
                                + "WHERE user_agent = ? ORDER BY id",
                        String.class,
                        agent))
                .containsExactly("done", "refused 409");
    }

    @Test
    void leavesNoneWhenWhatItWroteIsTakenBack() {
        var operation = operations().entrySet().iterator().next();
        begin(operation.getKey(), operation.getValue());
        transaction.executeWithoutResult(status -> {
            jdbc.queryForObject("SELECT pg_current_xact_id()::text", String.class);
            status.setRollbackOnly();
        });
        end(409, operation.getValue());
        assertThat(acts(operation.getKey())).isZero();
    }

    @Test
    void isRecordedAsRefusedToWhoMayNot() {
        for (var name : operations().keySet()) {
            var customer = users.customer();
            var parts = name.split(" ", 2);
            var path = parts[1].replaceAll("\\{[^}]+}", "5");
            var refused = api.as(customer).send(parts[0], path, null);
            assertThat(refused.status()).as(name).isIn(403, 415);
            if (refused.status() == 403)
                assertThat(log.of(customer))
                        .as(name)
                        .hasSize(1)
                        .first()
                        .asString()
                        .startsWith("refused " + name);
        }
    }

    private void begin(String name, HandlerMethod operation) {
        var parts = name.split(" ", 2);
        agent = UUID.randomUUID().toString();
        request = new MockHttpServletRequest(parts[0], parts[1]);
        request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, parts[1]);
        request.addHeader("User-Agent", agent);
        var permission =
                requireNonNull(operation.getMethodAnnotation(Requires.class)).value();
        var caller = new TestingAuthenticationToken(new Caller(SOMEBODY, Set.of(permission)), null);
        SecurityContextHolder.getContext().setAuthentication(caller);
        assertThat(watching.preHandle(request, new MockHttpServletResponse(), operation))
                .isTrue();
        assertThat(StaffRequest.current()).as(name).isNotNull();
    }

    private void write() {
        transaction.executeWithoutResult(_ -> jdbc.queryForObject("SELECT pg_current_xact_id()::text", String.class));
    }

    private void end(int status, HandlerMethod operation) {
        var response = new MockHttpServletResponse();
        response.setStatus(status);
        watching.afterCompletion(request, response, operation, null);
        assertThat(StaffRequest.current()).isNull();
    }

    private Map<String, HandlerMethod> operations() {
        var operations = new TreeMap<String, HandlerMethod>();
        mapping.getHandlerMethods().forEach((info, handler) -> {
            if (!handler.hasMethodAnnotation(Requires.class)) return;
            for (var method : info.getMethodsCondition().getMethods())
                for (var path : info.getPatternValues())
                    if (!method.name().equals("GET")) operations.put(method.name() + " " + path, handler);
        });
        assertThat(operations).hasSizeGreaterThan(14);
        return operations;
    }

    private long acts(String name) {
        var count = jdbc.queryForObject(
                "SELECT count(*) FROM auditlog.acts WHERE user_agent = ? AND action = ?", Long.class, agent, name);
        return count == null ? 0 : count;
    }
}
