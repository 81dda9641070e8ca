package kontor.web;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import org.apache.catalina.connector.ClientAbortException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where Tomcat sends a request that went wrong before or behind the controllers: it too ends as a problem. */
@Hidden
@RestController
class UnhandledErrors implements ErrorController {
    /** @throws Exception what went wrong, for {@link ErrorAnswers} to answer */
    @Anyone
    @WhileEnrolling
    @RequestMapping("${server.error.path:${error.path:/error}}")
    ResponseEntity<ProblemDetail> answer(HttpServletRequest request) throws Exception {
        var error = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        // Tomcat answers a body that it cannot read to its end itself, whatever the operation made of that.
        if (error instanceof IOException unread) throw new ClientAbortException(unread);
        if (error instanceof Exception e) throw e;
        var code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        if (!(code instanceof Integer number))
            throw new Refusal(HttpStatus.NOT_FOUND, "not_found", ErrorAnswers.NOTHING);
        var known = HttpStatus.resolve(number);
        var status = known == null ? HttpStatus.INTERNAL_SERVER_ERROR : known;
        return Problem.of(status, status.name().toLowerCase(Locale.ROOT), status.getReasonPhrase() + ".");
    }
}
