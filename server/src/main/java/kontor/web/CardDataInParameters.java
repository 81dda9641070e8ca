package kontor.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses card numbers beside the body: in parameters, for addresses end up in the logs of proxies, and in the
 * Idempotency-Key, which is kept.
 */
class CardDataInParameters implements HandlerInterceptor {
    /** @throws Refusal 422 when there is one, unless bar codes may stand there */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        var key = request.getHeader("Idempotency-Key");
        if (key != null) PlainText.Check.refuseCardData(key);
        if (request.getQueryString() == null || !(handler instanceof HandlerMethod method)) return true;
        request.getParameterMap().forEach((name, values) -> {
            if (!takesBarCodes(method, name)) Arrays.stream(values).forEach(PlainText.Check::refuseCardData);
        });
        return true;
    }

    private static boolean takesBarCodes(HandlerMethod method, String name) {
        for (var parameter : method.getMethod().getParameters()) {
            var rule = parameter.getAnnotation(PlainText.class);
            if (rule != null && rule.barCodes() && name.equals(parameter.getName())) return true;
        }
        return false;
    }
}
