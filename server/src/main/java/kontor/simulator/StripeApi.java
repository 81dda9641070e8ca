package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of Stripe's HTTP API that Kontor uses, in Stripe's form: payment intents (create, confirm, capture, cancel,
 * retrieve, list, search) and refunds (create, retrieve, list).
 */
final class StripeApi {
    /** Of the API, as the SDK that Kontor uses speaks it. */
    static final String VERSION = "2026-07-29.dahlia";

    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final Pattern METADATA =
            Pattern.compile("metadata\\[[\"']([^\"']{1,40})[\"']\\]:[\"']([^\"']*)[\"']");
    private static final Pattern STATUS = Pattern.compile("status:[\"']([a-z_]+)[\"']");

    private final Acquirer acquirer;
    private final Book book;
    private final IdempotencyKeys keys;
    private final Webhooks webhooks;
    private final Faults faults;
    private final Effects effects;
    private final @Nullable String secretKey;

    /** @param secretKey the only one accepted; {@code null} accepts every test key */
    StripeApi(
            Acquirer acquirer,
            Book book,
            IdempotencyKeys keys,
            Webhooks webhooks,
            Faults faults,
            Effects effects,
            @Nullable String secretKey) {
        this.acquirer = acquirer;
        this.book = book;
        this.keys = keys;
        this.webhooks = webhooks;
        this.faults = faults;
        this.effects = effects;
        this.secretKey = secretKey;
    }

    Reply handle(Request request) {
        Reply reply;
        try {
            authenticate(request);
            reply = route(request);
        } catch (Refused refused) {
            reply = refused.reply();
        }
        return reply.with("Request-Id", RandomIds.next("req_")).with("Stripe-Version", VERSION);
    }

    private void authenticate(Request request) {
        var key = keyIn(request.header("Authorization"));
        if (key == null) {
            throw Refused.of(
                    401,
                    "invalid_request_error",
                    null,
                    "You did not provide an API key. You need to provide your API key in the Authorization header,"
                            + " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
                    null);
        }
        var accepted = secretKey == null
                ? key.startsWith("sk_test_") || key.startsWith("rk_test_")
                : MessageDigest.isEqual(
                        key.getBytes(StandardCharsets.UTF_8), secretKey.getBytes(StandardCharsets.UTF_8));
        if (!accepted) throw Refused.of(401, "invalid_request_error", null, "Invalid API Key provided.", null);
    }

    private static @Nullable String keyIn(@Nullable String authorization) {
        if (authorization == null) return null;
        if (authorization.startsWith("Bearer ")) return authorization.substring("Bearer ".length());
        if (!authorization.startsWith("Basic ")) return null;
        try {
            var pair = new String(
                    Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
            var colon = pair.indexOf(':');
            return colon < 0 ? pair : pair.substring(0, colon);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Reply route(Request request) {
        var path = request.path().split("/", -1); // "", "v1", "payment_intents", id, action
        var intents = path.length > 2 && path[2].equals("payment_intents");
        var refunds = path.length > 2 && path[2].equals("refunds");
        if (request.method().equals("POST")) {
            if (intents && path.length == 3) return execute(request, "create", acquirer::create);
            if (refunds && path.length == 3) return execute(request, "refund", acquirer::refund);
            if (intents && path.length == 5) {
                var id = path[3];
                switch (path[4]) {
                    case "confirm" -> {
                        return execute(request, "confirm", (form, step) -> acquirer.confirm(id, form, step));
                    }
                    case "capture" -> {
                        return execute(request, "capture", (form, step) -> acquirer.capture(id, form, step));
                    }
                    case "cancel" -> {
                        return execute(request, "cancel", (form, step) -> acquirer.cancel(id, form, step));
                    }
                    default -> {}
                }
            }
        } else if (request.method().equals("GET")) {
            if (intents && path.length == 3) return look(request, "list", this::listIntents);
            if (refunds && path.length == 3) return look(request, "list", this::listRefunds);
            if (intents && path.length == 4 && path[3].equals("search")) return look(request, "search", this::search);
            if (intents && path.length == 4) return look(request, "retrieve", form -> acquirer.intent(path[3]));
            if (refunds && path.length == 4) return look(request, "retrieve", form -> acquirer.refund(path[3]));
        }
        throw Refused.of(
                404,
                "invalid_request_error",
                null,
                "Unrecognized request URL (" + request.method() + ": " + request.path() + ").",
                null);
    }

    // Effects

    private interface Operation {
        Acquirer.Outcome execute(Form form, Step step);
    }

    private Reply execute(Request request, String name, Operation operation) {
        var form = Form.parse(request.body());
        var key = request.header("Idempotency-Key");
        if (key != null && !KEY.matcher(key).matches()) {
            throw Refused.invalid(null, "Idempotency-Key has up to 255 printable characters.", null);
        }
        var step = Step.of(key, request.path(), form);
        if (step.key() == null || step.print() == null) return run(name, operation, form, step);
        return switch (keys.claim(step.key(), step.print())) {
            case IdempotencyKeys.Claim.First first -> {
                try {
                    yield run(name, operation, form, step).with("Idempotency-Key", step.key());
                } catch (RuntimeException e) {
                    keys.giveBack(step.key());
                    throw e;
                }
            }
            case IdempotencyKeys.Claim.Repeated(var status, var answer) ->
                disturb(name, Reply.json(status, book.read(answer)))
                        .with("Idempotency-Key", step.key())
                        .with("Idempotent-Replayed", "true");
            case IdempotencyKeys.Claim.OtherRequest other ->
                throw Refused.of(
                        400,
                        "idempotency_error",
                        null,
                        "Keys for idempotent requests can only be used with the same parameters they were first used"
                                + " with. Try using a key other than '" + step.key()
                                + "' if you meant to execute a different request.",
                        null);
            case IdempotencyKeys.Claim.UnderWay underWay ->
                throw Refused.of(
                        409,
                        "idempotency_error",
                        "idempotency_key_in_use",
                        "There is currently another in-progress request using this Idempotent Key (that probably means"
                                + " you submitted twice, and the other request is still going through): " + step.key()
                                + ". Please try again later.",
                        null);
        };
    }

    private Reply run(String name, Operation operation, Form form, Step plain) {
        var fault = faults.forCall(name);
        if (fault == null) return settled(operation.execute(form, plain));
        var step = plain;
        switch (fault.kind()) {
            case HANG -> {
                if (fault.before()) Disturbance.wait(fault);
            }
            case DROP -> {
                if (fault.before()) return dropped(plain);
            }
            case ERROR -> {
                if (fault.before()) return failedBefore(plain, fault);
                if (fault.status() == 500 && fault.stored()) step = step.answeringBroken();
            }
            case DECLINE -> step = step.refusing(TestCard.declined(fault.code()));
            case AUTHENTICATE -> step = step.authenticating();
            default -> {}
        }
        return Disturbance.of(fault, settled(operation.execute(form, step)));
    }

    /** Only a 500 is kept under the key; the other statuses turn a call away before it begins. */
    private Reply failedBefore(Step step, Fault fault) {
        if (fault.status() == 500 && fault.stored()) return settled(acquirer.failBefore(step));
        if (step.key() != null) keys.giveBack(step.key());
        return Disturbance.of(fault, Reply.json(200, new byte[0]));
    }

    private Reply dropped(Step step) {
        if (step.key() != null) keys.giveBack(step.key());
        return Reply.json(200, new byte[0]).over(Reply.Wire.DROPPED);
    }

    /** A repetition has an answer already; only what happens to that can go wrong. */
    private Reply disturb(String name, Reply reply) {
        var fault = faults.forCall(name);
        return fault == null ? reply : Disturbance.of(fault, reply);
    }

    /** From here on it has happened: on disk, under its key, and on its way to whom it concerns. */
    private Reply settled(Acquirer.Outcome outcome) {
        outcome.place().awaitDurable();
        var line = outcome.line();
        keys.recall(line);
        effects.note(line);
        webhooks.tell(line);
        return outcome.reply();
    }

    /** The buyer's part of 3-D Secure, from the simulator's page. */
    void authenticate(String id, boolean successful) {
        var outcome = acquirer.authenticate(id, successful);
        if (outcome != null) settled(outcome);
    }

    // Looking

    private interface Question {
        byte[] answer(Form form);
    }

    private Reply look(Request request, String name, Question question) {
        var form = Form.parse(request.query());
        var fault = faults.forCall(name);
        if (fault != null && fault.kind() == Fault.Kind.HANG) Disturbance.wait(fault);
        var answer = question.answer(form);
        book.awaitDurable(); // what was seen must not be taken back by a crash
        var reply = Reply.json(200, answer);
        return fault == null || fault.kind() == Fault.Kind.HANG ? reply : Disturbance.of(fault, reply);
    }

    private byte[] listIntents(Form form) {
        var limit = limitIn(form);
        var after = form.text("starting_after");
        return list(
                "/v1/payment_intents",
                "list",
                page(acquirer.intentsByAge(), i -> i.id, after, i -> true, limit),
                limit);
    }

    private byte[] listRefunds(Form form) {
        var limit = limitIn(form);
        var of = form.text("payment_intent");
        var found = page(
                acquirer.refundsByAge(),
                Refund::id,
                form.text("starting_after"),
                refund -> of == null || of.equals(refund.intent()),
                limit);
        return listOf("/v1/refunds", "list", found.stream().map(Refund::json).toList(), limit);
    }

    private byte[] search(Form form) {
        var limit = limitIn(form);
        var query = form.text("query");
        if (query == null) throw Refused.invalid("parameter_missing", "Missing required param: query.", "query");
        var matches = parse(query);
        var youngest = System.currentTimeMillis() - faults.searchLag();
        return list(
                "/v1/payment_intents/search",
                "search_result",
                page(
                        acquirer.intentsByAge(),
                        intent -> intent.id,
                        form.text("page"),
                        intent -> intent.createdAt <= youngest && matches.test(intent),
                        limit),
                limit);
    }

    /** Metadata and status, joined by AND: as much of Stripe's search language as there is use for. */
    private static Predicate<Intent> parse(String query) {
        Predicate<Intent> all = intent -> true;
        for (var clause : query.split("\\s+AND\\s+", -1)) {
            var metadata = METADATA.matcher(clause.strip());
            var status = STATUS.matcher(clause.strip());
            if (metadata.matches()) {
                var name = metadata.group(1);
                var value = metadata.group(2);
                all = all.and(intent -> value.equals(intent.metadata.get(name)));
            } else if (status.matches()) {
                var value = status.group(1).toUpperCase(Locale.ROOT);
                all = all.and(intent -> intent.status.name().equals(value));
            } else {
                throw Refused.invalid(null, "The search query is not one this simulator understands.", "query");
            }
        }
        return all;
    }

    private static int limitIn(Form form) {
        var limit = form.amount("limit");
        if (limit == null) return 10;
        if (limit > 100) throw Refused.invalid("parameter_invalid_integer", "limit is at most 100.", "limit");
        return limit.intValue();
    }

    /** One more than {@code limit}, to tell whether there is more. */
    private static <T> List<T> page(
            Iterable<T> all, Function<T, String> id, @Nullable String after, Predicate<T> wanted, int limit) {
        var page = new ArrayList<T>();
        var begun = after == null;
        for (var one : all) {
            if (page.size() > limit) break;
            if (begun && wanted.test(one)) page.add(one);
            if (!begun && id.apply(one).equals(after)) begun = true;
        }
        return page;
    }

    private byte[] list(String url, String object, List<Intent> intents, int limit) {
        return listOf(
                url,
                object,
                intents.stream().map(intent -> acquirer.intent(intent.id)).toList(),
                limit);
    }

    private static byte[] listOf(String url, String object, List<byte[]> found, int limit) {
        var more = found.size() > limit;
        return Json.object(json -> {
            json.writeStringProperty("object", object);
            json.writeArrayPropertyStart("data");
            found.stream().limit(limit).forEach(one -> json.writeRawValue(new String(one, StandardCharsets.UTF_8)));
            json.writeEndArray();
            json.writeBooleanProperty("has_more", more);
            json.writeStringProperty("url", url);
        });
    }
}
