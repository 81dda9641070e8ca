package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of Stripe's HTTP API that Kontor uses, in Stripe's form: payment intents (create, confirm, capture, cancel,
 * retrieve, list, search) and refunds (create, retrieve, list); balance transactions, payouts, disputes and events
 * (retrieve, list).
 */
final class StripeApi {
    /** Of the API, as the SDK that Kontor uses speaks it. */
    static final String VERSION = "2026-07-29.dahlia";

    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private final Acquirer acquirer;
    private final Disputes disputes;
    private final StripeQueries queries;
    private final Clerk clerk;
    private final Book book;
    private final IdempotencyKeys keys;
    private final Webhooks webhooks;
    private final Faults faults;
    private final Effects effects;
    private final @Nullable String secretKey;
    /** What the latest call was answered that went well. */
    private volatile @Nullable Reply previous;

    /** @param secretKey the only one accepted; {@code null} accepts every test key */
    StripeApi(
            Acquirer acquirer,
            Disputes disputes,
            StripeQueries queries,
            Clerk clerk,
            Book book,
            IdempotencyKeys keys,
            Webhooks webhooks,
            Faults faults,
            Effects effects,
            @Nullable String secretKey) {
        this.acquirer = acquirer;
        this.disputes = disputes;
        this.queries = queries;
        this.clerk = clerk;
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
            var query = queries.find(path);
            if (query != null) return look(request, query);
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
        if (fault == null) return remembered(settled(operation.execute(form, plain)));
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
        return disturbed(fault, settled(operation.execute(form, step)));
    }

    /** Only a 500 is kept under the key; the other statuses turn a call away before it begins. */
    private Reply failedBefore(Step step, Fault fault) {
        if (fault.status() == 500 && fault.stored()) return settled(clerk.failBefore(step));
        if (step.key() != null) keys.giveBack(step.key());
        return disturbed(fault, Reply.json(200, new byte[0]));
    }

    private Reply dropped(Step step) {
        if (step.key() != null) keys.giveBack(step.key());
        return Reply.json(200, new byte[0]).over(Reply.Wire.DROPPED);
    }

    /** A repetition has an answer already; only what happens to that can go wrong. */
    private Reply disturb(String name, Reply reply) {
        var fault = faults.forCall(name);
        return fault == null ? reply : disturbed(fault, reply);
    }

    private Reply remembered(Reply reply) {
        previous = reply;
        return reply;
    }

    private Reply disturbed(Fault fault, Reply reply) {
        return Disturbance.of(fault, reply, previous);
    }

    /** From here on it has happened: on disk, under its key, and on its way to whom it concerns. */
    Reply settled(Acquirer.Outcome outcome) {
        outcome.place().awaitDurable();
        var line = outcome.line();
        keys.recall(line);
        effects.note(line);
        webhooks.tell(line);
        if (outcome.disputed() != null) dispute(outcome.disputed());
        if (outcome.returned() != null) settled(acquirer.sendBack(outcome.returned()));
        return outcome.reply();
    }

    /** As the owners of some test cards do; what was paid back meanwhile, nobody disputes. */
    private void dispute(Intent intent) {
        var reason = intent.paymentMethod == null ? null : TestCard.disputeReasonOf(intent.paymentMethod);
        if (reason == null) return;
        try {
            settled(disputes.open(intent, null, reason));
        } catch (Refused refused) {
            // Somebody was faster.
        }
    }

    /** The buyer's part of 3-D Secure, from the simulator's page. */
    void authenticate(String id, boolean successful) {
        var outcome = acquirer.authenticate(id, successful);
        if (outcome != null) settled(outcome);
    }

    // Looking

    private Reply look(Request request, StripeQueries.Query query) {
        var form = Form.parse(request.query());
        var fault = faults.forCall(query.operation());
        if (fault != null && fault.kind() == Fault.Kind.HANG) Disturbance.wait(fault);
        var answer = query.answer().apply(form);
        book.awaitDurable(); // what was seen must not be taken back by a crash
        var reply = Reply.json(200, answer);
        return fault == null || fault.kind() == Fault.Kind.HANG ? reply : disturbed(fault, reply);
    }
}
