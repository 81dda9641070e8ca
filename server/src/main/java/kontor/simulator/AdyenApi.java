package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import kontor.simulator.AdyenBank.Call;
import org.jspecify.annotations.Nullable;

/**
 * The part of Adyen's Checkout API that Kontor uses, in Adyen's form: payments, their 3-D Secure step, captures, cancels
 * and refunds. Nothing can be looked up, as at Adyen.
 *
 * <p>Keys are kept with the answer to the first call that was executed; the same call gets it again, another one under the
 * same key is refused. Faults are those of {@link Fault}, with {@code create} for payments and {@code confirm} for their
 * details; a server error is kept under no key.
 */
final class AdyenApi {
    private static final String BASE = "/adyen/v71";
    private static final int LONGEST_KEY = 64;
    private static final Pattern VALUE = Pattern.compile("\"value\":([0-9]+)");

    private final AdyenBank bank;
    private final Book book;
    private final IdempotencyKeys keys;
    private final AdyenWebhooks webhooks;
    private final Faults faults;
    private final Effects effects;
    private final @Nullable String apiKey;
    private volatile @Nullable Reply previous;

    /** @param apiKey the only one accepted; {@code null} accepts every one */
    AdyenApi(
            AdyenBank bank,
            Book book,
            IdempotencyKeys keys,
            AdyenWebhooks webhooks,
            Faults faults,
            Effects effects,
            @Nullable String apiKey) {
        this.bank = bank;
        this.book = book;
        this.keys = keys;
        this.webhooks = webhooks;
        this.faults = faults;
        this.effects = effects;
        this.apiKey = apiKey;
    }

    /** What the banks that took their time have said since. */
    void start() {
        webhooks.start();
        bank.pending().forEach(this::decideLater);
    }

    Reply handle(Request request) {
        try {
            return request.path().startsWith("/adyen/3d_secure/") ? shown(page(request)) : call(request);
        } catch (AdyenRefused refused) {
            return refused.reply();
        }
    }

    private Reply call(Request request) {
        if (!request.path().startsWith(BASE) || !request.method().equals("POST")) return notFound();
        var key = request.header("x-api-key");
        if (key == null || (apiKey != null && !same(key, apiKey)))
            return AdyenReplies.error(401, "000", "security", "HTTP Status Response - Unauthorized");
        var path = request.path().substring(BASE.length()).split("/", -1); // "", "payments", name, action
        var json = AdyenRequest.parse(request.body());
        if (path.length == 2 && path[1].equals("payments"))
            return execute(request, "create", (call, card) -> bank.pay(json, call, card));
        if (path.length == 2 && path[1].equals("cancels"))
            return execute(request, "cancel", (call, _) -> bank.cancelByReference(json, call));
        if (path.length == 3 && path[1].equals("payments") && path[2].equals("details")) return details(json);
        if (path.length != 4 || !path[1].equals("payments")) return notFound();
        return switch (path[3]) {
            case "captures" -> execute(request, "capture", (call, _) -> bank.capture(path[2], json, call));
            case "cancels" -> execute(request, "cancel", (call, _) -> bank.cancel(path[2], json, call));
            case "refunds" -> execute(request, "refund", (call, _) -> bank.refund(path[2], json, call));
            default -> notFound();
        };
    }

    private static Reply notFound() {
        return AdyenReplies.error(404, "000", "validation", "There is nothing here.");
    }

    // Effects

    private interface Operation {
        AdyenBank.Outcome execute(Call call, UnaryOperator<AdyenCard> card);
    }

    private Reply execute(Request request, String name, Operation operation) {
        var key = request.header("Idempotency-Key");
        if (key == null) return run(name, operation, new Call(null, null));
        if (key.isEmpty() || key.length() > LONGEST_KEY)
            throw new AdyenRefused(AdyenReplies.invalid("702", "An Idempotency-Key has up to 64 characters."));
        var call = new Call(key, print(request));
        return switch (keys.claim(AdyenBank.KEY_PREFIX + key, String.valueOf(call.print()))) {
            case IdempotencyKeys.Claim.First _ -> {
                try {
                    yield run(name, operation, call).with("Idempotency-Key", key);
                } catch (RuntimeException e) {
                    keys.giveBack(AdyenBank.KEY_PREFIX + key);
                    throw e;
                }
            }
            case IdempotencyKeys.Claim.Repeated(var status, var answer) ->
                disturb(name, Reply.json(status, book.read(answer))).with("Idempotency-Key", key);
            case IdempotencyKeys.Claim.OtherRequest _ ->
                throw new AdyenRefused(AdyenReplies.invalid("704", "The key was used for another request"));
            case IdempotencyKeys.Claim.UnderWay _ ->
                throw new AdyenRefused(AdyenReplies.invalid("704", "request already processed or in progress"));
        };
    }

    private Reply run(String name, Operation operation, Call call) {
        var fault = faults.forCall(name);
        if (fault == null) {
            var reply = settled(operation.execute(call, card -> card));
            previous = reply;
            return reply;
        }
        if (fault.before() && Set.of(Fault.Kind.DROP, Fault.Kind.ERROR).contains(fault.kind())) {
            if (call.key() != null) keys.giveBack(AdyenBank.KEY_PREFIX + call.key());
            return fault.kind() == Fault.Kind.DROP
                    ? Reply.json(200, new byte[0]).over(Reply.Wire.DROPPED)
                    : failed(fault);
        }
        if (fault.before() && fault.kind() == Fault.Kind.HANG) Disturbance.wait(fault);
        var before = previous;
        var reply = settled(operation.execute(call, card -> cardUnder(fault, card)));
        return disturbed(fault, reply, before);
    }

    private static AdyenCard cardUnder(Fault fault, AdyenCard card) {
        return switch (fault.kind()) {
            case DECLINE ->
                card.refusing(fault.code().matches("[0-9]{1,2}") ? Integer.parseInt(fault.code()) : AdyenCard.REFUSED);
            case AUTHENTICATE -> card.authenticating();
            default -> card;
        };
    }

    /** A repetition has an answer already; only what happens to that can go wrong. */
    private Reply disturb(String name, Reply reply) {
        var fault = faults.forCall(name);
        return fault == null ? reply : disturbed(fault, reply, previous);
    }

    private static Reply disturbed(Fault fault, Reply reply, @Nullable Reply before) {
        return switch (fault.kind()) {
            case ERROR -> failed(fault);
            case WRONG_AMOUNT -> {
                var text = new String(reply.body(), StandardCharsets.UTF_8);
                var value = VALUE.matcher(text)
                        .replaceAll(found -> "\"value\":" + (Long.parseLong(found.group(1)) + fault.by()));
                yield reply.withBody(value.getBytes(StandardCharsets.UTF_8));
            }
            case WRONG_CURRENCY -> replaced(reply, "\"currency\":\"[A-Z]+\"", "\"currency\":\"XPF\"");
            case WRONG_PAYMENT ->
                replaced(
                        reply,
                        "\"(merchantReference|paymentPspReference|paymentReference|reference)\":\"[^\"]*\"",
                        "\"$1\":\"SOMEBODYELSES123\"");
            default -> Disturbance.of(fault, reply, before);
        };
    }

    private static Reply failed(Fault fault) {
        return switch (fault.status()) {
            case 401 -> AdyenReplies.error(401, "000", "security", "HTTP Status Response - Unauthorized");
            case 422 -> AdyenReplies.invalid("704", "request already processed or in progress");
            default -> AdyenReplies.error(fault.status(), "905", "internal", "Something went wrong.");
        };
    }

    private static Reply replaced(Reply reply, String what, String with) {
        var text = new String(reply.body(), StandardCharsets.UTF_8).replaceAll(what, with);
        return reply.withBody(text.getBytes(StandardCharsets.UTF_8));
    }

    /** From here on it has happened: on disk, under its key, and on its way to whom it concerns. */
    Reply settled(AdyenBank.Outcome outcome) {
        outcome.place().awaitDurable();
        keys.recall(outcome.line());
        effects.note(outcome.line());
        webhooks.tell(outcome.line().at(), outcome.items());
        if (outcome.undecided() != null) decideLater(outcome.undecided());
        return outcome.reply();
    }

    /** {@code payment}: its bank lets go what is left of the hold. */
    AdyenBank.Outcome expire(Form form) {
        form.allowOnly(Set.of("payment"));
        return bank.expire(bank.payment(Parameters.required(form.text("payment"), "payment")));
    }

    private void decideLater(AdyenPayment payment) {
        webhooks.later(() -> {
            var outcome = bank.decideLater(payment);
            if (outcome != null) settled(outcome);
        });
    }

    private static String print(Request request) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(request.path().getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return HexFormat.of().formatHex(sha.digest(request.body().getBytes(StandardCharsets.UTF_8)), 0, 18);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    // The 3-D Secure step

    private Reply details(AdyenRequest json) {
        var fault = faults.forCall("confirm");
        if (fault != null && fault.kind() == Fault.Kind.HANG) Disturbance.wait(fault);
        var reply = bank.details(json);
        book.awaitDurable(); // what was seen must not be taken back by a crash
        return fault == null || fault.kind() == Fault.Kind.HANG ? reply : disturbed(fault, reply, previous);
    }

    private Reply page(Request request) {
        var payment = bank.payment(request.path().substring("/adyen/3d_secure/".length()));
        var secret = Form.parse(request.query()).text("secret");
        if (secret == null || !same(secret, payment.secret)) return Reply.html(404, Pages.notFound());
        return switch (request.method()) {
            case "GET" -> Reply.html(200, AdyenPages.threeDSecure(payment));
            case "POST" -> {
                var outcome = Form.parse(request.body()).text("outcome");
                if (outcome == null || !outcome.matches("complete|fail")) yield Reply.html(400, Pages.notFound());
                var step = bank.authenticate(payment, outcome.equals("complete"));
                if (step != null) settled(step);
                yield back(payment);
            }
            default -> Reply.html(405, Pages.notFound());
        };
    }

    private static Reply shown(Reply page) {
        return page.with(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http: https:;"
                                + " frame-ancestors 'none'; base-uri 'none'")
                .with("X-Content-Type-Options", "nosniff");
    }

    /** Where the buyer came from, with a word that only Adyen understands. */
    private static Reply back(AdyenPayment payment) {
        var url = payment.returnUrl;
        if (url == null) return Reply.html(200, Pages.authenticationEnded("on its way"));
        return Reply.seeOther(url + (url.indexOf('?') < 0 ? '?' : '&') + "redirectResult=" + payment.redirectResult);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
