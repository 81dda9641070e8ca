package kontor.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses before anything is read what no caller of ours sends: compressed bodies, and requests without a host. */
class ProperRequests implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getHeader(HttpHeaders.HOST) == null) // HTTP/1.0 may come without one, and Tomcat lets it in
        throw new Refusal(HttpStatus.BAD_REQUEST, "bad_request", "The request names no host.");
        var encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) // a few kilobytes would unfold to gigabytes
        throw new Refusal(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "unsupported_encoding",
                    "Send the body as it is, not compressed.");
        return true;
    }
}
