package kontor.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Everything beside Stripe's API: the page of the 3-D Secure step, the book ({@code GET /_book}), the fault switches
 * ({@code GET}, {@code POST}, {@code DELETE /_faults}, see {@link Fault}), and a page that shows both ({@code GET /}).
 */
final class Site {
    private final Acquirer acquirer;
    private final StripeApi api;
    private final Effects effects;
    private final Faults faults;
    private final Webhooks webhooks;

    Site(Acquirer acquirer, StripeApi api, Effects effects, Faults faults, Webhooks webhooks) {
        this.acquirer = acquirer;
        this.api = api;
        this.effects = effects;
        this.faults = faults;
        this.webhooks = webhooks;
    }

    Reply handle(Request request) {
        try {
            return route(request)
                    .with(
                            "Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self';"
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
            case "/_faults" -> faults(request);
            case "/_book" -> get ? book(Form.parse(request.query())) : notAllowed();
            case "/simulator.js" ->
                new Reply(
                        200,
                        "text/javascript; charset=utf-8",
                        Map.of(),
                        Pages.SCRIPT.getBytes(StandardCharsets.UTF_8),
                        Reply.Wire.WHOLE);
            case "/" ->
                get
                        ? Reply.html(200, Pages.overview(acquirer.intentCount(), webhooks.waiting(), effects, faults))
                        : notAllowed();
            default -> Reply.html(404, Pages.notFound());
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

    private Reply faults(Request request) {
        switch (request.method()) {
            case "GET" -> {}
            case "DELETE" -> faults.clear();
            case "POST" -> {
                var type = request.header("Content-Type");
                if (type == null || !type.startsWith("application/json")) {
                    return bad(415, "Faults are sent as application/json.");
                }
                try {
                    var json = Json.read(request.body().getBytes(StandardCharsets.UTF_8));
                    var read = new ArrayList<Fault>();
                    if (json.isArray()) json.forEach(one -> read.add(Fault.read(one)));
                    else read.add(Fault.read(json));
                    faults.add(read);
                } catch (JacksonException e) {
                    return bad(400, "That is not JSON.");
                } catch (IllegalArgumentException e) {
                    return bad(422, String.valueOf(e.getMessage()));
                }
            }
            default -> {
                return notAllowed();
            }
        }
        return Reply.json(200, faults.json());
    }

    private static Reply bad(int status, String sentence) {
        return Reply.json(status, Json.object(json -> json.writeStringProperty("error", sentence)));
    }

    private static Reply notAllowed() {
        return bad(405, "This method means nothing here.");
    }
}
