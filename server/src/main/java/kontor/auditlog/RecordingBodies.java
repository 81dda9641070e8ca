package kontor.auditlog;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Tells the {@link Net} what staff ask for, and what everybody is answered before they hear it themselves. */
@RestControllerAdvice
class RecordingBodies extends RequestBodyAdviceAdapter implements ResponseBodyAdvice<Object> {
    private static final String TOO_MANY_TRIES = "too_many_tries"; // guessing goes on, though nothing is looked at
    private final Net net;

    RecordingBodies(Net net) {
        this.net = net;
    }

    @Override
    public boolean supports(MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
        return StaffRequest.current() != null;
    }

    @Override
    public Object afterBodyRead(
            Object body,
            HttpInputMessage message,
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converter) {
        var staff = StaffRequest.current();
        if (staff != null) staff.bodyIs(body);
        return body;
    }

    @Override
    public boolean supports(MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returned,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (response instanceof ServletServerHttpResponse servlet) {
            var status = servlet.getServletResponse().getStatus();
            var staff = StaffRequest.current();
            if (staff != null) net.answered(staff, status, codeOf(body), Watching.isReplay(response.getHeaders()));
            var code = codeOf(body);
            if ((status == HttpStatus.UNAUTHORIZED.value()
                            || status == HttpStatus.FORBIDDEN.value()
                            || TOO_MANY_TRIES.equals(code))
                    && request instanceof ServletServerHttpRequest http)
                net.refused(http.getServletRequest(), status, code);
        }
        return body;
    }

    private static @Nullable String codeOf(@Nullable Object body) {
        return body instanceof ProblemDetail problem
                        && problem.getProperties() != null
                        && problem.getProperties().get("code") instanceof String code
                ? code
                : null;
    }
}
