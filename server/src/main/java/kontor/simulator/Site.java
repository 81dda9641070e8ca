package kontor.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Everything beside Stripe's API: the page of the 3-D Secure step, the book ({@code GET /_book}), the controls (see
 * {@link Controls}), and a page that shows the book and has the controls ({@code GET /}).
 */
final class Site {
    private final Acquirer acquirer;
    private final StripeApi api;
    private final Effects effects;
    private final Controls controls;
    private final Overview overview;

    Site(Acquirer acquirer, StripeApi api, Effects effects, Controls controls, Overview overview) {
        this.acquirer = acquirer;
        this.api = api;
        this.effects = effects;
        this.controls = controls;
        this.overview = overview;
    }

    Reply handle(Request request) {
        try {
            return route(request)
                    .with(
                            "Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline';"
                                    + " form-action 'self' http: https:; frame-ancestors 'none'; base-uri 'none'")
                    .with("X-Content-Type-Options", "nosniff");
        } catch (Refused refused) {
            return refused.reply();
        }
    }

    private Reply route(Request request) {
        var get = request.method().equals("GET");
        if (request.path().startsWith("/3d_secure/")) return threeDSecure(request);
        return switch (request.path()) {
            case "/_book" -> get ? book(Form.parse(request.query())) : notAllowed();
            case "/" -> get ? Reply.html(200, overview.page(controls.token())) : notAllowed();
            default -> {
                var reply = controls.handle(request);
                yield reply == null ? Reply.html(404, Pages.notFound()) : reply;
            }
        };
    }

    private Reply threeDSecure(Request request) {
        var id = request.path().substring("/3d_secure/".length());
        var secret = Form.parse(request.query()).text("secret");
        var intent = acquirer.intentOf(id);
        if (secret == null || !sameSecret(secret, intent)) return Reply.html(404, Pages.notFound());
        Intent.Status status;
        String returnUrl;
        synchronized (intent) {
            status = intent.status;
            returnUrl = intent.returnUrl;
        }
        return switch (request.method()) {
            case "GET" ->
                Reply.html(
                        200,
                        status == Intent.Status.REQUIRES_ACTION
                                ? Pages.threeDSecure(intent)
                                : Pages.authenticationEnded(status.wire()));
            case "POST" -> {
                var outcome = Form.parse(request.body()).text("outcome");
                if (outcome == null || !outcome.matches("complete|fail")) {
                    yield Reply.html(400, Pages.notFound());
                }
                api.authenticate(id, outcome.equals("complete"));
                yield back(intent, returnUrl);
            }
            default -> notAllowed();
        };
    }

    private static boolean sameSecret(String secret, Intent intent) {
        return MessageDigest.isEqual(
                secret.getBytes(StandardCharsets.UTF_8), intent.clientSecret.getBytes(StandardCharsets.UTF_8));
    }

    /** Where the buyer came from, told which payment it was: what became of it, the shop has to ask. */
    private static Reply back(Intent intent, @Nullable String returnUrl) {
        if (returnUrl == null) return Reply.html(200, Pages.authenticationEnded("on its way"));
        var separator = returnUrl.indexOf('?') < 0 ? '?' : '&';
        return Reply.seeOther(returnUrl + separator + "payment_intent=" + intent.id + "&payment_intent_client_secret="
                + intent.clientSecret + "&source_type=card");
    }

    private Reply book(Form form) {
        var after = form.amount("after");
        try {
            return Reply.json(200, effects.json(after == null ? 0 : after, form.amount("limit")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Reply bad(int status, String sentence) {
        return Reply.json(status, Json.object(json -> json.writeStringProperty("error", sentence)));
    }

    static Reply notAllowed() {
        return bad(405, "This method means nothing here.");
    }
}
