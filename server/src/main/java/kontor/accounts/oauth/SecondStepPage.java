package kontor.accounts.oauth;

import jakarta.servlet.http.HttpServletRequest;
import kontor.accounts.SecondSteps;
import kontor.accounts.factors.FactorKind;
import kontor.accounts.factors.Passkeys;
import kontor.accounts.sessions.Cookies;
import kontor.accounts.sessions.Opaque;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** The page that asks for a second factor, wherever in a browser the first was shown: here, or at a provider. */
@Component
public class SecondStepPage {
    private final SecondSteps steps;
    private final Passkeys passkeys;
    private final Pages pages;
    private final Continuation continuation;

    SecondStepPage(SecondSteps steps, Passkeys passkeys, Pages pages, Continuation continuation) {
        this.steps = steps;
        this.passkeys = passkeys;
        this.pages = pages;
        this.continuation = continuation;
    }

    /**
     * Asks for it.
     *
     * @param ticket of the first step
     * @param next where the browser goes on afterwards: a path on this host that has been checked; null for nowhere
     */
    public ResponseEntity<String> ask(HttpServletRequest http, String ticket, @Nullable String next) {
        return ask(http, HttpStatus.OK, ticket, next, null);
    }

    ResponseEntity<String> ask(
            HttpServletRequest http, HttpStatus status, String ticket, @Nullable String next, @Nullable String error) {
        var known = Cookies.form(http);
        var token = known == null ? Opaque.random() : known;
        var takesPasskeys = passkeys.areAvailable() && steps.kinds(ticket).contains(FactorKind.PASSKEY);
        var shown = pages.answer(
                status, pages.secondFactor(token, ticket, next, error, continuation.originOf(next), takesPasskeys));
        return ResponseEntity.status(status)
                .headers(headers -> headers.addAll(shown.getHeaders()))
                .header(HttpHeaders.SET_COOKIE, Cookies.form(token).toString())
                .body(shown.getBody());
    }
}
