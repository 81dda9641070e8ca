package kontor.simulation;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import kontor.money.Money;
import kontor.payments.BalancePage;
import kontor.payments.DisputeNews;
import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayRequest;
import kontor.payments.Operation;
import kontor.payments.PaymentGateway;
import kontor.payments.WebhookEvent;
import kontor.payments.WebhookReceipt;
import kontor.payments.WebhookVerdict;
import org.jspecify.annotations.Nullable;

/** A gateway in memory that keeps the contract, and whose network and buyers do what a seed says. Its book is the truth. */
final class FakeGateway implements PaymentGateway {
    static final String NAME = "simulated";
    private static final Duration KEYS_KEPT = Duration.ofHours(24);

    enum State {
        WAITS_FOR_BUYER,
        HELD,
        TAKEN,
        VOIDED,
        DECLINED
    }

    /** One payment as the gateway sees it. */
    static final class Intent {
        final String reference;
        final GatewayRequest.Authorize asked;
        final Duration born;
        final Map<String, GatewayAnswer> refunds = new LinkedHashMap<>();
        State state = State.DECLINED;
        long captured;
        long refunded;
        long disputed;

        @Nullable
        String dispute;

        Intent(String reference, GatewayRequest.Authorize asked, Duration born) {
            this.reference = reference;
            this.asked = asked;
            this.born = born;
        }

        long left() {
            return captured - refunded - disputed;
        }
    }

    /** What was really done. */
    record Effect(long orderId, String kind, long amount, String operationKey) {}

    private record Kept(GatewayAnswer answer, Duration at) {}

    /** What can happen to a call. */
    enum Fault {
        NONE,
        LOST_BEFORE,
        LOST_AFTER,
        /** Lost, and carried out a little later all the same. */
        DELAYED,
        STRANGE,
        /** Tells of another amount than was moved. */
        WRONG_AMOUNT,
        DECLINED
    }

    private final Cuts cuts;
    private final Map<String, Intent> intents = new LinkedHashMap<>();
    private final Map<String, Kept> keys = new HashMap<>();
    private final List<Effect> book = new ArrayList<>();
    private final Map<String, WebhookEvent> events = new LinkedHashMap<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private List<String> log = new ArrayList<>();
    private Random random = new Random(0);
    private double faults;
    private Duration lag = Duration.ZERO;
    private Duration now = Duration.ZERO;
    private Rule broken = Rule.NONE;
    private Runnable onSlowAnswer = () -> {};
    private boolean slow;
    private int names;

    FakeGateway(Cuts cuts) {
        this.cuts = cuts;
    }

    /** Forgets everything and follows another seed. */
    void begin(long seed, double probability, Duration searchLag, List<String> itsLog) {
        intents.clear();
        keys.clear();
        book.clear();
        events.clear();
        delayed.clear();
        random = new Random(seed);
        faults = probability;
        lag = searchLag;
        log = itsLog;
    }

    /** What happens while some answers are on their way. */
    void onSlowAnswer(Runnable meanwhile) {
        onSlowAnswer = meanwhile;
    }

    /** The network does its best from now on. */
    void calm() {
        faults = 0;
    }

    void breaking(Rule rule) {
        broken = rule;
    }

    void letPass(Duration time) {
        var due = List.copyOf(delayed);
        delayed.clear();
        due.forEach(Runnable::run);
        now = now.plus(time);
    }

    List<Intent> intents() {
        return List.copyOf(intents.values());
    }

    List<WebhookEvent> events() {
        return List.copyOf(events.values());
    }

    List<Effect> book() {
        return List.copyOf(book);
    }

    /** Captured less given back, in pence. */
    long net(long orderId) {
        return book.stream()
                .filter(effect -> effect.orderId() == orderId)
                .mapToLong(effect -> effect.kind().equals("refund") ? -effect.amount() : effect.amount())
                .sum();
    }

    // --- what buyers, banks and time do ---

    void buyerConfirms(Intent intent, boolean succeeds) {
        if (intent.state != State.WAITS_FOR_BUYER) return;
        if (succeeds) accept(intent);
        else intent.state = State.DECLINED;
        tell(intent, "payment.confirmed");
    }

    /** Tries again with another card on a page that is still open. */
    void buyerTriesAgain(Intent intent) {
        if (intent.state != State.DECLINED) return;
        accept(intent);
        tell(intent, "payment.succeeded");
    }

    void holdExpires(Intent intent) {
        if (intent.state != State.HELD) return;
        intent.state = intent.captured > 0 ? State.TAKEN : State.VOIDED;
        tell(intent, "payment.hold_expired");
    }

    /** The newest of a payment: the bank sends it back. */
    void refundComesBack(Intent intent) {
        var key = List.copyOf(intent.refunds.keySet()).getLast();
        if (!(intent.refunds.get(key) instanceof GatewayAnswer.Refunded(var reference, var amount))) return;
        var back = new GatewayAnswer.Declined("account_closed", "It came back.", reference);
        intent.refunds.put(key, back);
        intent.refunded -= amount.minorUnits();
        effect(intent, "return", amount.minorUnits(), key + " back");
        add(intent, "refund.failed", key, back, null, Operation.Kind.REFUND);
    }

    void buyerDisputes(Intent intent) {
        if (intent.dispute != null || intent.left() <= 0 || intent.state != State.TAKEN) return;
        intent.dispute = "dp_" + ++names;
        intent.disputed = intent.left();
        dispute(intent, intent.disputed, DisputeNews.Status.OPEN, true);
    }

    void disputeEnds(Intent intent, boolean won) {
        var amount = intent.disputed;
        if (amount == 0) return;
        if (won) intent.disputed = 0;
        dispute(intent, amount, won ? DisputeNews.Status.WON : DisputeNews.Status.LOST, !won);
    }

    private void dispute(Intent intent, long amount, DisputeNews.Status status, boolean withdrawn) {
        var news = new DisputeNews(
                Objects.requireNonNull(intent.dispute, "named when it began"),
                money(intent, amount),
                status,
                withdrawn,
                "fraudulent");
        add(intent, "dispute." + status, null, null, news);
    }

    private void accept(Intent intent) {
        if (intent.asked.capture()) {
            intent.state = State.TAKEN;
            intent.captured = intent.asked.amount().minorUnits();
            effect(intent, "capture", intent.captured, intent.asked.operationKey());
        } else intent.state = State.HELD;
    }

    private void effect(Intent intent, String kind, long amount, String key) {
        book.add(new Effect(intent.asked.orderId(), kind, amount, key));
        log.add("    gateway: " + kind + " of " + amount + " for " + intent.reference);
    }

    private void tell(Intent intent, String type) {
        add(intent, type, intent.asked.operationKey(), stateOf(intent), null);
    }

    private void add(
            Intent intent,
            String type,
            @Nullable String key,
            @Nullable GatewayAnswer answer,
            @Nullable DisputeNews news) {
        add(intent, type, key, answer, news, null);
    }

    private void add(
            Intent intent,
            String type,
            @Nullable String key,
            @Nullable GatewayAnswer answer,
            @Nullable DisputeNews news,
            Operation.@Nullable Kind concerns) {
        var id = "evt_" + intent.reference + "_" + ++names;
        events.put(
                id,
                new WebhookEvent(
                        id,
                        type,
                        Instant.EPOCH,
                        intent.reference,
                        intent.asked.paymentId(),
                        key,
                        answer,
                        news,
                        concerns));
    }

    private static Money money(Intent intent, long amount) {
        return new Money(amount, intent.asked.amount().currency());
    }

    private static GatewayAnswer stateOf(Intent intent) {
        var reference = intent.reference;
        return switch (intent.state) {
            case WAITS_FOR_BUYER -> new GatewayAnswer.RequiresAction(reference, URI.create("https://bank.example/3ds"));
            case HELD ->
                intent.captured == 0
                        ? new GatewayAnswer.Authorized(reference, intent.asked.amount())
                        : new GatewayAnswer.Captured(reference, money(intent, intent.captured));
            case TAKEN -> new GatewayAnswer.Captured(reference, money(intent, intent.captured));
            case VOIDED -> new GatewayAnswer.Voided(reference);
            case DECLINED -> new GatewayAnswer.Declined("card_declined", "Declined.", reference);
        };
    }

    // --- what the server asks ---

    private GatewayAnswer send(String what, String key, Supplier<GatewayAnswer> effect) {
        cuts.at("before sending " + what);
        var fault = nextFault();
        if (fault != Fault.NONE) log.add("    network: " + what + " " + fault);
        var answer = switch (fault) {
            case NONE -> once(key, effect);
            case DECLINED -> once(key, () -> new GatewayAnswer.Declined("try_another", "Declined.", null));
            case LOST_BEFORE -> new GatewayAnswer.NoAnswer("lost");
            case LOST_AFTER -> {
                once(key, effect);
                yield new GatewayAnswer.NoAnswer("lost");
            }
            case DELAYED -> {
                delayed.add(() -> once(key, effect));
                yield new GatewayAnswer.NoAnswer("lost");
            }
            case STRANGE -> {
                once(key, effect);
                yield GatewayAnswer.NoAnswer.strange("another amount");
            }
            case WRONG_AMOUNT -> wrong(once(key, effect));
        };
        if (!slow && faults > 0 && random.nextInt(8) == 0) {
            slow = true;
            try {
                onSlowAnswer.run();
            } finally {
                slow = false;
            }
        }
        cuts.at("after the answer to " + what);
        return believed(answer);
    }

    private static GatewayAnswer wrong(GatewayAnswer right) {
        return switch (right) {
            case GatewayAnswer.Captured(var reference, var amount) ->
                new GatewayAnswer.Captured(reference, new Money(amount.minorUnits() + 1, amount.currency()));
            case GatewayAnswer.Refunded(var reference, var amount) ->
                new GatewayAnswer.Refunded(reference, new Money(amount.minorUnits() + 1, amount.currency()));
            default -> right;
        };
    }

    private GatewayAnswer look(String what, Supplier<GatewayAnswer> question) {
        cuts.at("before sending " + what);
        var lost = random.nextDouble() < faults;
        var answer = lost ? new GatewayAnswer.NoAnswer("lost") : question.get();
        cuts.at("after the answer to " + what);
        return believed(answer);
    }

    /** What the server makes of it; with a rule removed, more than was said. */
    private GatewayAnswer believed(GatewayAnswer answer) {
        if (broken == Rule.SILENCE_IS_NO_REFUSAL && answer instanceof GatewayAnswer.NoAnswer)
            return new GatewayAnswer.Declined("timeout", "No answer.", null);
        if (broken == Rule.NOT_FOUND_IS_FENCED && answer instanceof GatewayAnswer.NotFound)
            return new GatewayAnswer.Declined("not_found", "Not found.", null);
        return answer;
    }

    private Fault nextFault() {
        if (random.nextDouble() >= faults) return Fault.NONE;
        return Fault.values()[1 + random.nextInt(Fault.values().length - 1)];
    }

    private GatewayAnswer once(String key, Supplier<GatewayAnswer> effect) {
        var known = broken == Rule.KEYS_ARE_REUSED ? null : keys.get(key);
        if (known != null && now.minus(known.at()).compareTo(KEYS_KEPT) < 0) return known.answer();
        var answer = effect.get();
        keys.put(key, new Kept(answer, now));
        return answer;
    }

    private Intent intent(String reference) {
        var intent = intents.get(reference);
        if (intent == null) throw new AssertionError("the server made up " + reference);
        return intent;
    }

    @Override
    public GatewayAnswer authorize(GatewayRequest.Authorize request) {
        return send("authorize", request.operationKey(), () -> {
            var reference = "pi_" + request.operationKey() + "_" + ++names;
            var intent = new Intent(reference, request, now);
            intents.put(reference, intent);
            switch (request.token()) {
                case "good" -> accept(intent);
                case "3ds" -> intent.state = State.WAITS_FOR_BUYER;
                default -> intent.state = State.DECLINED;
            }
            tell(intent, "payment.created");
            return stateOf(intent);
        });
    }

    @Override
    public GatewayAnswer capture(GatewayRequest.Capture request) {
        return send("capture", request.operationKey(), () -> {
            var intent = intent(request.gatewayReference());
            if (intent.state != State.HELD) return new GatewayAnswer.Voided(intent.reference);
            var amount = request.amount().minorUnits();
            if (amount > intent.asked.amount().minorUnits() - intent.captured)
                return new GatewayAnswer.Declined("too_much", "More than is held.", null);
            intent.captured += amount;
            if (request.last() || intent.captured == intent.asked.amount().minorUnits()) intent.state = State.TAKEN;
            effect(intent, "capture", amount, request.operationKey());
            tell(intent, "payment.captured");
            return new GatewayAnswer.Captured(intent.reference, request.amount());
        });
    }

    @Override
    public GatewayAnswer lookUpCapture(GatewayRequest.Capture request) {
        return look("look-up of a capture", () -> {
            var intent = intent(request.gatewayReference());
            var taken = intent.captured - request.capturedBefore();
            if (taken == request.amount().minorUnits())
                return new GatewayAnswer.Captured(intent.reference, request.amount());
            if (taken != 0) return GatewayAnswer.NoAnswer.strange("captured " + taken);
            return intent.state == State.VOIDED
                    ? new GatewayAnswer.Voided(intent.reference)
                    : new GatewayAnswer.NotFound();
        });
    }

    @Override
    public GatewayAnswer confirm(GatewayRequest.Confirm request) {
        return look(
                "confirm",
                () -> stateOf(intents.values().stream()
                        .filter(intent -> intent.asked.paymentId() == request.paymentId())
                        .findFirst()
                        .orElseThrow()));
    }

    @Override
    public GatewayAnswer cancel(String operationKey, String gatewayReference) {
        return send("cancel", operationKey, () -> {
            var intent = intent(gatewayReference);
            if (intent.captured > 0)
                return new GatewayAnswer.Captured(intent.reference, money(intent, intent.captured));
            if (intent.state != State.VOIDED) {
                intent.state = State.VOIDED;
                tell(intent, "payment.voided");
            }
            return new GatewayAnswer.Voided(intent.reference);
        });
    }

    @Override
    public GatewayAnswer refund(String operationKey, String gatewayReference, Money amount) {
        return send("refund", operationKey, () -> {
            var intent = intent(gatewayReference);
            if (amount.minorUnits() > intent.left())
                return new GatewayAnswer.Declined("charge_already_refunded", "Nothing is left.", null);
            intent.refunded += amount.minorUnits();
            var answer = new GatewayAnswer.Refunded("re_" + operationKey + "_" + ++names, amount);
            intent.refunds.put(operationKey, answer);
            effect(intent, "refund", amount.minorUnits(), operationKey);
            add(intent, "refund.succeeded", operationKey, answer, null);
            return answer;
        });
    }

    @Override
    public GatewayAnswer lookUp(GatewayRequest.LookUp request) {
        return look("look-up", () -> {
            var found = request.gatewayReference() != null
                    ? List.of(intent(request.gatewayReference()))
                    : intents.values().stream()
                            .filter(intent -> intent.asked.operationKey().equals(request.operationKey())
                                    && intent.born.plus(lag).compareTo(now) <= 0)
                            .toList();
            if (found.isEmpty()) return new GatewayAnswer.NotFound();
            if (found.size() > 1) return GatewayAnswer.NoAnswer.strange("not the only one");
            var state = stateOf(found.getFirst());
            return state instanceof GatewayAnswer.Captured taken
                            && !taken.amount().equals(request.amount())
                    ? GatewayAnswer.NoAnswer.strange("captured " + taken.amount())
                    : state;
        });
    }

    @Override
    public GatewayAnswer lookUpRefund(GatewayRequest.LookUpRefund request) {
        return look("look-up of a refund", () -> {
            var refund = intent(request.gatewayReference()).refunds.get(request.operationKey());
            return refund == null ? new GatewayAnswer.NotFound() : refund;
        });
    }

    @Override
    public Optional<WebhookEvent> readStored(byte[] rawBody) {
        return Optional.ofNullable(events.get(new String(rawBody, java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean answersLookUps() {
        return true;
    }

    @Override
    public Duration remembersKeysFor() {
        return KEYS_KEPT;
    }

    @Override
    public BalancePage balance(@Nullable String after) {
        return new BalancePage.Unavailable("it keeps no books of that kind");
    }

    @Override
    public WebhookVerdict readWebhook(byte[] rawBody, Function<String, @Nullable String> headers, Instant at) {
        return new WebhookVerdict.Forged("its messages come another way");
    }

    @Override
    public WebhookReceipt receipt() {
        return new WebhookReceipt("text/plain", "");
    }
}
