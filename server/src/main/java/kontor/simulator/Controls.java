package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the simulator can be told to do:
 *
 * <ul>
 *   <li>{@code GET}, {@code POST}, {@code DELETE /_faults}: see {@link Fault};
 *   <li>{@code POST /_payouts}: pays out what is there, in every currency;
 *   <li>{@code POST /_disputes} with {@code payment_intent}, {@code amount} and {@code reason}: opens a dispute;
 *   <li>{@code POST /_disputes/du_…} with {@code outcome}, {@code won} or {@code lost}: closes it;
 *   <li>{@code POST /_refunds/re_…} with {@code reason}: the buyer's bank sends it back;
 *   <li>{@code POST /_chargebacks} with {@code payment}, {@code event} and {@code amount}: see {@link AdyenDisputes};
 *   <li>{@code POST /_expirations} with {@code payment}: lets go what is left of a hold, in Adyen's form.
 * </ul>
 *
 * <p>Programs send JSON. The simulator's own page sends forms, each with a token that only that page shows: nothing can be
 * switched by a form on somebody else's page.
 */
final class Controls {
    private static final Set<String> OTHERS = Set.of("/_payouts", "/_disputes", "/_chargebacks", "/_expirations");
    private static final Set<String> NUMBERS = Set.of("count", "probability", "seed", "ms", "status", "by", "bytes");

    private static final String REFUNDS = "/_refunds/";

    private final StripeApi api;
    private final AdyenApi adyen;
    private final Faults faults;
    private final Payouts payouts;
    private final Disputes disputes;
    private final AdyenDisputes adyenDisputes;
    private final Acquirer acquirer;
    private final String token = RandomIds.secret("");

    Controls(
            StripeApi api,
            AdyenApi adyen,
            Faults faults,
            Payouts payouts,
            Disputes disputes,
            AdyenDisputes adyenDisputes,
            Acquirer acquirer) {
        this.api = api;
        this.adyen = adyen;
        this.faults = faults;
        this.payouts = payouts;
        this.disputes = disputes;
        this.adyenDisputes = adyenDisputes;
        this.acquirer = acquirer;
    }

    /** To be sent along by the page's own forms. */
    String token() {
        return token;
    }

    /** @return {@code null} when it is no control */
    @Nullable
    Reply handle(Request request) {
        var path = request.path();
        if (path.equals("/_faults")) {
            switch (request.method()) {
                case "GET" -> {
                    return Reply.json(200, faults.json());
                }
                case "DELETE" -> {
                    faults.clear();
                    return Reply.json(200, faults.json());
                }
                default -> {}
            }
        } else if (!OTHERS.contains(path) && !path.startsWith("/_disputes/") && !path.startsWith(REFUNDS)) {
            return null;
        }
        if (!request.method().equals("POST")) return Site.notAllowed();
        var type = request.header("Content-Type");
        if (type != null && type.startsWith("application/json")) return byProgram(request);
        if (type != null && type.startsWith("application/x-www-form-urlencoded")) return byHand(request);
        return Site.bad(415, "Send application/json.");
    }

    private Reply byProgram(Request request) {
        try {
            var json = request.body().isBlank() && request.path().equals("/_payouts")
                    ? Json.read("{}".getBytes(StandardCharsets.UTF_8))
                    : Json.read(request.body().getBytes(StandardCharsets.UTF_8));
            return obey(request.path(), json);
        } catch (JacksonException e) {
            return Site.bad(400, "That is not JSON.");
        } catch (IllegalArgumentException e) {
            return Site.bad(422, String.valueOf(e.getMessage()));
        } catch (AdyenRefused refused) {
            return refused.reply();
        }
    }

    /** Back to the page, or a page that says what is wrong. */
    private Reply byHand(Request request) {
        var values = new LinkedHashMap<>(Form.parse(request.body()).values());
        var shown = values.remove("token");
        if (shown == null
                || !MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))) {
            return Reply.html(403, Pages.refused("The page was from before a restart, or from somebody else."));
        }
        values.values().removeIf(String::isBlank);
        try {
            if (request.path().equals("/_faults") && values.containsKey("clear")) faults.clear();
            else obey(request.path(), jsonOf(values));
            return Reply.seeOther("/");
        } catch (JacksonException e) {
            return Reply.html(422, Pages.refused("A number is not a number."));
        } catch (IllegalArgumentException e) {
            return Reply.html(422, Pages.refused(String.valueOf(e.getMessage())));
        } catch (AdyenRefused refused) {
            var error = Json.read(refused.reply().body());
            return Reply.html(422, Pages.refused(error.path("message").asString("")));
        } catch (Refused refused) {
            var error = Json.read(refused.reply().body()).path("error");
            return Reply.html(422, Pages.refused(error.path("message").asString("")));
        }
    }

    private static JsonNode jsonOf(Map<String, String> values) {
        return Json.read(Json.object(json -> values.forEach((name, value) -> {
            json.writeName(name);
            if (NUMBERS.contains(name)) json.writeRawValue(value.strip());
            else json.writeString(value.strip());
        })));
    }

    private Reply obey(String path, JsonNode json) {
        return switch (path) {
            case "/_faults" -> {
                var read = new ArrayList<Fault>();
                if (json.isArray()) json.forEach(one -> read.add(Fault.read(one)));
                else read.add(Fault.read(json));
                faults.add(read);
                yield Reply.json(200, faults.json());
            }
            case "/_payouts" ->
                paidOut(payouts.payOut().stream().map(api::settled).toList());
            case "/_chargebacks" -> adyen.settled(adyenDisputes.move(formOf(json)));
            case "/_expirations" -> adyen.settled(adyen.expire(formOf(json)));
            case "/_disputes" -> api.settled(disputes.open(formOf(json)));
            default ->
                path.startsWith(REFUNDS)
                        ? api.settled(acquirer.failRefund(path.substring(REFUNDS.length()), formOf(json)))
                        : api.settled(disputes.close(path.substring("/_disputes/".length()), formOf(json)));
        };
    }

    private static Reply paidOut(List<Reply> payouts) {
        return Reply.json(200, Json.object(json -> {
            json.writeArrayPropertyStart("payouts");
            payouts.forEach(payout -> json.writeRawValue(new String(payout.body(), StandardCharsets.UTF_8)));
            json.writeEndArray();
        }));
    }

    private static Form formOf(JsonNode json) {
        if (!json.isObject()) throw new IllegalArgumentException("That is no JSON object.");
        var values = new LinkedHashMap<String, String>();
        json.properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asString("")));
        return new Form(values);
    }
}
