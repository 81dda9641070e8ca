package kontor.web;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Asks of a caller that they have shown who they are just now, with their second factor if they have one. Whoever has not
 * is told to step up, as RFC 9470 has it. Nobody can step up for a program that calls without a login: it is refused.
 */
@Component
public class FreshLogins {
    private final FreshLoginSettings settings;

    FreshLogins(FreshLoginSettings settings) {
        this.settings = settings;
    }

    /** @throws Refusal 401 for whom has to step up, 403 for whom cannot */
    public void require(Caller caller) {
        if (caller.isGuest()) throw Refusal.signInFirst();
        var login = caller.login();
        if (login == null || caller.client() != null)
            throw new Refusal(
                    HttpStatus.FORBIDDEN, "login_required", "This is for people who have logged in, not for programs.");
        var oldest = Instant.now().minus(settings.freshLogin());
        if (login.at().isBefore(oldest) || login.secondFactor() == Login.SecondFactor.NOT_SHOWN) throw stepUp();
    }

    private Refusal stepUp() {
        return new Refusal(
                HttpStatus.UNAUTHORIZED,
                "step_up_required",
                "Show once more who you are, with POST /login/step-up, and try again.",
                Map.of(Problem.MAX_AGE, Math.toIntExact(settings.freshLogin().toSeconds())),
                List.of());
    }
}
