package kontor.accounts.oauth;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * The pages that users see on their way to a client. They work without scripts, but for passkeys, and admit that one script
 * alone. Nobody may frame them.
 */
@Component
class Pages {
    private static final String STYLE =
            "body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem;color:#1a1a1a;"
                    + "background:#fff}label{display:block;margin:1rem 0 .25rem}input{font:inherit;width:100%;padding:.5rem;"
                    + "box-sizing:border-box;border:1px solid #767676;border-radius:4px}button{font:inherit;margin:1.5rem .5rem 0 0;"
                    + "padding:.5rem 1.25rem;border:1px solid #0b57d0;border-radius:4px;background:#0b57d0;color:#fff;cursor:pointer}"
                    + "button.quiet{background:#fff;color:#0b57d0}.error{border-left:4px solid #b3261e;padding:.25rem .75rem}"
                    + "code{overflow-wrap:anywhere}";
    private static final String STYLE_HASH = hash(STYLE);
    /** Shown by the script, where the browser can do it. */
    private static final String PASSKEY_BUTTON = """
            <button type="button" id="passkey" class="quiet" hidden>Use a passkey</button>
            <p id="passkey-error" class="error" role="alert" hidden>The passkey could not be shown. Try again, or log in another way.</p>
            """;

    private static final Map<String, String> WHAT_SCOPES_MEAN = Map.of(
            "openid", "know who you are here",
            "profile", "see your name",
            "email", "see your e-mail address",
            "users:read", "see your account",
            "orders:read", "see your orders",
            "orders:place", "place and pay orders for you",
            "orders:cancel", "call off your orders");

    /**
     * A page.
     *
     * @param formTarget where its form may lead besides here
     * @param passkeys whether its form takes passkeys
     */
    record Page(String title, String content, @Nullable String formTarget, boolean passkeys) {
        static Page of(String title, String content) {
            return new Page(title, content, null, false);
        }
    }

    Page login(
            String formToken,
            @Nullable String next,
            @Nullable String email,
            @Nullable String error,
            @Nullable String target,
            boolean passkeys) {
        return new Page(
                "Log in",
                """
                <h1>Log in</h1>
                %s<form method="post" action="/login/form">
                <input type="hidden" name="form_token" value="%s">
                %s<label for="email">E-mail address, or name</label>
                <input id="email" name="email" type="text" inputmode="email" autocomplete="username" required maxlength="254" value="%s">
                <label for="password">Password</label>
                <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="128">
                <button type="submit">Log in</button>
                %s</form>
                """.formatted(
                        error == null ? "" : "<p class=\"error\" role=\"alert\">%s</p>%n".formatted(escaped(error)),
                        escaped(formToken),
                        next == null
                                ? ""
                                : "<input type=\"hidden\" name=\"continue\" value=\"%s\">%n".formatted(escaped(next)),
                        escaped(email == null ? "" : email),
                        passkeys ? PASSKEY_BUTTON : ""),
                target,
                passkeys);
    }

    /** @param ticket of the first step */
    Page secondFactor(
            String formToken,
            String ticket,
            @Nullable String next,
            @Nullable String error,
            @Nullable String target,
            boolean passkeys) {
        return new Page(
                "One step more",
                """
                <h1>One step more</h1>
                %s<form method="post" action="/login/form">
                <input type="hidden" name="form_token" value="%s">
                <input type="hidden" name="ticket" value="%s">
                %s<label for="code">Code of your authenticator app, or a recovery code</label>
                <input id="code" name="code" autocomplete="one-time-code" required maxlength="64" autofocus>
                <button type="submit">Log in</button>
                %s</form>
                """.formatted(
                        error == null ? "" : "<p class=\"error\" role=\"alert\">%s</p>%n".formatted(escaped(error)),
                        escaped(formToken),
                        escaped(ticket),
                        next == null
                                ? ""
                                : "<input type=\"hidden\" name=\"continue\" value=\"%s\">%n".formatted(escaped(next)),
                        passkeys ? PASSKEY_BUTTON : ""),
                target,
                passkeys);
    }

    Page loggedIn() {
        return Page.of("Logged in", "<h1>Logged in</h1>\n<p>You are logged in. You can close this page.</p>\n");
    }

    /** @param question what the form sends along */
    Page consent(String clientId, String name, String redirectUri, Collection<String> scopes, String question) {
        var wanted = new StringBuilder();
        var inputs = new StringBuilder();
        scopes.stream().sorted().forEach(scope -> {
            var meaning = WHAT_SCOPES_MEAN.getOrDefault(scope, "use your permission " + scope);
            wanted.append("<li>%s</li>%n".formatted(escaped(meaning)));
            inputs.append("<input type=\"hidden\" name=\"scope\" value=\"%s\">%n".formatted(escaped(scope)));
        });
        return new Page(
                "Let " + name + " in?",
                """
                <h1>Let %s in?</h1>
                <p>It wants to</p>
                <ul>
                %s</ul>
                <p>You will be sent to <code>%s</code>. You can take this back at any time.</p>
                <form method="post" action="%s">
                <input type="hidden" name="client_id" value="%s">
                <input type="hidden" name="state" value="%s">
                %s<button type="submit" name="decision" value="allow">Allow</button>
                <button type="submit" name="decision" value="refuse" class="quiet">Refuse</button>
                </form>
                """.formatted(
                                escaped(name),
                                wanted,
                                escaped(RedirectUri.originOf(redirectUri)),
                                Continuation.AUTHORIZE,
                                escaped(clientId),
                                escaped(question),
                                inputs),
                RedirectUri.originOf(redirectUri),
                false);
    }

    Page faultyRequest(String error) {
        return Page.of("This does not work", """
                <h1>This does not work</h1>
                <p>The page that you came from has sent you here with a request that is not in order: <code>%s</code>.
                Go back, and tell those who run it if it happens again.</p>
                """.formatted(escaped(error)));
    }

    ResponseEntity<String> answer(HttpStatus status, Page page) {
        return ResponseEntity.status(status)
                .contentType(new MediaType("text", "html", StandardCharsets.UTF_8))
                .header("Content-Security-Policy", policy(page))
                .header("X-Frame-Options", "DENY")
                .body(html(page));
    }

    void write(HttpServletResponse response, HttpStatus status, Page page) throws IOException {
        response.setStatus(status.value());
        response.setContentType("text/html;charset=UTF-8");
        response.setHeader("Content-Security-Policy", policy(page));
        response.setHeader("X-Frame-Options", "DENY");
        response.getWriter().write(html(page));
    }

    /** Browsers hold the addresses that a form's answer leads on to against its policy as well. */
    private static String policy(Page page) {
        return "default-src 'none'; style-src 'sha256-" + STYLE_HASH + "'; base-uri 'none'; frame-ancestors 'none';"
                + (page.passkeys() ? " script-src '" + PasskeyScript.INTEGRITY + "'; connect-src 'self';" : "")
                + " form-action 'self'" + (page.formTarget() == null ? "" : " " + page.formTarget());
    }

    private static String html(Page page) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>%s</style>
                %s</head>
                <body>
                <main>
                %s</main>
                </body>
                </html>
                """.formatted(
                        escaped(page.title()), STYLE, page.passkeys() ? PasskeyScript.ELEMENT : "", page.content());
    }

    private static String escaped(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }

    /** SHA-256 in base64, as policies and elements write it. */
    static String hash(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
