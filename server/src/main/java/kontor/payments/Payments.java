package kontor.payments;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kontor.database.Ids;
import kontor.database.Statements;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Payments and the questions put to gateways. Recording takes part in the caller's transaction; asking happens outside of
 * any: the question is committed before it is asked, and what was answered is recorded afterwards.
 */
@Component
public class Payments {
    private static final Duration LONGEST_LAG_OF_A_SEARCH = Duration.ofDays(1);
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})(?:[-:].*)?");

    private final PaymentStore store;
    private final Map<String, PaymentGateway> gateways;
    private final Map<String, PaymentGateway> resolving;
    private final Ids ids;
    private volatile @Nullable String keyPrefix;
    private volatile boolean held;

    Payments(
            PaymentStore store,
            ObjectProvider<PaymentGateway> gateways,
            GatewayGuards guards,
            Ids ids,
            MeterRegistry metrics) {
        this.store = store;
        // Only what is sent is timed and counted, so the guard stands outside.
        var timed = gateways.stream()
                .map(gateway -> new TimedGateway(gateway, metrics))
                .toList();
        this.gateways = timed.stream().collect(Collectors.toMap(PaymentGateway::name, guards::forBuyers));
        this.resolving = timed.stream().collect(Collectors.toMap(PaymentGateway::name, guards::forRecovery));
        this.ids = ids;
    }

    /** A gateway's answer to an operation, to be recorded. */
    public record Settlement(Operation operation, GatewayAnswer answer) {}

    /** The gateways that can be named in an order. */
    public Set<String> gatewayNames() {
        return gateways.keySet();
    }

    public long nextPaymentId() {
        return ids.next("payments.payment_ids");
    }

    public long nextOperationId() {
        return ids.next("payments.operation_ids");
    }

    /** Writes payments for the first time. */
    public void insert(Statements statements, List<Payment> payments) {
        if (!payments.isEmpty()) store.insert(statements, payments);
    }

    /** Writes questions before they are asked. */
    public void insertOperations(Statements statements, List<Operation> operations) {
        if (!operations.isEmpty()) store.insertOperations(statements, operations);
    }

    /** Lets the server begin nothing on its own that changes something at a gateway; what was begun before is still resolved. */
    void hold() {
        held = true;
    }

    void release() {
        held = false;
    }

    boolean areHeld() {
        return held;
    }

    /**
     * Writes, before it is asked, the question to give up a payment that waits for its buyer or is only held; takes part in
     * the caller's transaction.
     *
     * @return false when that cannot be done any more or yet, or another question about the payment is open: the caller
     *     takes its transaction back
     */
    public boolean insertVoid(Operation voiding) {
        if (held) return false;
        // In this order, as answers are recorded: the operation, then the payment. Else the two could wait for each
        // other.
        return store.insertOperation(voiding, Operation.State.INTENT)
                && store.lockVoidable(voiding.orderId(), voiding.paymentId());
    }

    /** What came of the void that was wanted by this actor with this key; a failed one counts only if there is no other. */
    public Optional<Operation.State> stateOfVoid(long orderId, String actor, String requestKey) {
        return store.stateOfVoid(orderId, actor, requestKey);
    }

    /**
     * Asks the gateway, waiting at most its patience. The operation must be committed, and no transaction open.
     *
     * @throws IllegalStateException inside a transaction: a slow gateway would hold locks and a connection
     */
    public GatewayAnswer ask(Operation operation) {
        return ask(operation, gateways.get(operation.gateway()));
    }

    private GatewayAnswer ask(Operation operation, @Nullable PaymentGateway gateway) {
        if (TransactionSynchronizationManager.isActualTransactionActive())
            throw new IllegalStateException("a gateway must not be asked inside a transaction");
        if (gateway == null)
            return new GatewayAnswer.NoAnswer("the gateway " + operation.gateway() + " is not configured");
        return switch (operation.kind()) {
            case AUTHORIZE -> ofItsAmount(operation, gateway.authorize(authorization(operation)));
            case CAPTURE -> ofItsAmount(operation, gateway.capture(captureOf(operation)));
            case VOID -> gateway.cancel(keyOf(operation), referenceOf(operation));
            case REFUND ->
                ofItsAmount(operation, gateway.refund(keyOf(operation), referenceOf(operation), operation.amount()));
        };
    }

    /**
     * An answer about another amount, or to another question, is none, whatever gateway it comes from: nobody is told that
     * it was paid.
     */
    private static GatewayAnswer ofItsAmount(Operation operation, GatewayAnswer answer) {
        if (answersAnother(operation.kind(), answer))
            return GatewayAnswer.NoAnswer.strange(
                    "no answer to a " + operation.kind().code() + ": " + answer);
        var moved = switch (answer) {
            case GatewayAnswer.Captured(var _, var taken) -> taken;
            case GatewayAnswer.Refunded(var _, var back) -> back;
            default -> operation.amount();
        };
        return moved.equals(operation.amount())
                ? answer
                : GatewayAnswer.NoAnswer.strange("it is about " + moved + " and not " + operation.amount());
    }

    private static boolean answersAnother(Operation.Kind kind, GatewayAnswer answer) {
        return switch (answer) {
            case GatewayAnswer.Refunded _ -> kind != Operation.Kind.REFUND;
            case GatewayAnswer.Captured _,
                    GatewayAnswer.Authorized _,
                    GatewayAnswer.Voided _,
                    GatewayAnswer.RequiresAction _ -> kind == Operation.Kind.REFUND;
            case GatewayAnswer.Declined _,
                    GatewayAnswer.Pending _,
                    GatewayAnswer.NoAnswer _,
                    GatewayAnswer.NotFound _ -> false;
        };
    }

    /**
     * Finds out what became of an operation that has no answer yet. A gateway that knows nothing of it is asked again
     * under the same key while it is sure to remember keys: only then is "not found" more than a search that lags behind.
     * Long after that nobody can send it any more, and what was never found was never carried out.
     */
    public GatewayAnswer resolve(Operation operation) {
        var gateway = resolving.get(operation.gateway());
        if (gateway == null) return ask(operation);
        return switch (operation.kind()) {
            case AUTHORIZE -> fenced(operation, gateway, lookUp(operation, operation.reference(), gateway));
            case CAPTURE -> fenced(operation, gateway, gateway.lookUpCapture(captureOf(operation)));
            case REFUND -> fenced(operation, gateway, lookUpRefund(operation, gateway));
            case VOID -> resolveVoid(operation, gateway);
        };
    }

    /** Sends again under the same key what was not found, while the gateway is sure to know the key. */
    private GatewayAnswer fenced(Operation operation, PaymentGateway gateway, GatewayAnswer found) {
        if (!(found instanceof GatewayAnswer.NotFound)) return ofItsAmount(operation, found);
        var age = store.ageOf(operation);
        if (age.compareTo(gateway.remembersKeysFor()) < 0) return ask(operation, gateway);
        // A gateway that cannot be asked has not said that it was never carried out, however long ago.
        return !gateway.answersLookUps()
                        || age.compareTo(gateway.remembersKeysFor().plus(LONGEST_LAG_OF_A_SEARCH)) < 0
                ? new GatewayAnswer.NoAnswer("not found, and too late to ask again under the same key")
                : new GatewayAnswer.Declined("never_executed", "It was never carried out.", null);
    }

    /** What is there counts more than what a call answers: the key may stand for an error that the gateway has kept. */
    private GatewayAnswer resolveVoid(Operation operation, PaymentGateway gateway) {
        var known = store.authorizationOf(operation.orderId(), operation.paymentId())
                .map(authorization -> lookUp(authorization, operation.reference(), gateway));
        if (known.isPresent()
                && (known.get() instanceof GatewayAnswer.Captured
                        || known.get() instanceof GatewayAnswer.Voided
                        || (known.get() instanceof GatewayAnswer.Authorized && !isHold(operation)))) return known.get();
        if (!gateway.answersLookUps()) return ask(operation, gateway);
        // Giving a payment up twice is giving it up once, so a key of its own is safe for every further try.
        return gateway.cancel(keyOf(operation) + "-" + UUID.randomUUID(), referenceOf(operation));
    }

    /** Whether it gives up what is held, rather than what its buyer has not confirmed yet. */
    private boolean isHold(Operation voiding) {
        return store.waitingAuthorization(voiding.orderId(), voiding.paymentId())
                .isEmpty();
    }

    /** What there is now of a payment that a message says something unexpected about. */
    GatewayAnswer foundNow(Payment payment, WebhookEvent event) {
        var gateway = gateway(String.valueOf(payment.gateway()));
        var authorization = store.authorizationOf(payment.orderId(), payment.id());
        if (authorization.isEmpty()) return new GatewayAnswer.NotFound();
        if (gateway.answersLookUps()) return lookUp(authorization.get(), event.gatewayReference(), gateway);
        // It cannot be asked: its signed message is its word, if it is about this payment's amount.
        return event.answer() instanceof GatewayAnswer.Captured taken
                        && taken.amount().equals(payment.amount())
                ? taken
                : new GatewayAnswer.NoAnswer("the message is about another amount");
    }

    /** What there is now of a refund that a message says something unexpected about; nothing is sent again. */
    GatewayAnswer foundNow(Operation refund, GatewayAnswer said) {
        var gateway = gateway(refund.gateway());
        return gateway.answersLookUps() ? lookUpRefund(refund, gateway) : said;
    }

    private GatewayAnswer lookUpRefund(Operation operation, PaymentGateway gateway) {
        return gateway.lookUpRefund(new GatewayRequest.LookUpRefund(
                keyOf(operation), referenceOf(operation), operation.amount(), operation.ownReference()));
    }

    private GatewayAnswer lookUp(Operation operation, @Nullable String reference, PaymentGateway gateway) {
        return gateway.lookUp(
                new GatewayRequest.LookUp(keyOf(operation), operation.paymentId(), operation.amount(), reference));
    }

    /**
     * Records answers, each only if its operation still waits for one; takes part in the caller's transaction.
     *
     * @return the ids of the operations that these answers settled or moved on
     */
    public Set<Long> settle(List<Settlement> settlements) {
        return store.settle(settlements);
    }

    /** @param amount in minor units of the payment's currency */
    public record PaidBack(long orderId, long amount) {}

    /**
     * Counts what went back to buyers past any gateway, such as by bank transfer, against what their orders' payments have
     * captured; takes part in the caller's transaction.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException when it is more than was captured, or nothing was
     */
    public void payBack(List<PaidBack> amounts) {
        if (!amounts.isEmpty()) store.payBack(amounts);
    }

    /**
     * Takes what was credited off what is still due on open invoices; takes part in the caller's transaction.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException when it is more than is due, or nothing is
     */
    public void lowerInvoices(List<PaidBack> amounts) {
        if (!amounts.isEmpty()) store.lowerInvoices(amounts);
    }

    /** Moves open invoices of an order to voided. @return how many */
    public int voidInvoices(long orderId) {
        return store.voidInvoices(orderId);
    }

    public List<Payment> ofOrder(long orderId) {
        return ofOrders(List.of(orderId)).getOrDefault(orderId, List.of());
    }

    /** The payments of these orders, by order, the first attempt first. */
    public Map<Long, List<Payment>> ofOrders(List<Long> orderIds) {
        return store.ofOrders(orderIds).stream().collect(Collectors.groupingBy(Payment::orderId));
    }

    /** @param customerId whose order it must belong to; null for anyone's */
    public Optional<Payment> find(long id, @Nullable Long customerId) {
        return store.find(id, customerId);
    }

    /** The operation of the payment that still waits: for the gateway, or else for the buyer. */
    public Optional<Operation> openOperation(long orderId, long paymentId) {
        return store.openOperation(orderId, paymentId);
    }

    /** Payments beside an invoice that have waited for their buyers for so long, and that nobody is asking about. */
    public List<Payment> waitingSince(Duration patience, int limit) {
        return store.waitingSince(patience, limit);
    }

    /**
     * What was asked about an order and has not been answered, and that nobody is waiting for an answer to at this moment.
     */
    public List<Operation> unansweredOf(long orderId) {
        return store.unansweredOf(orderId);
    }

    /** The authorization that waits for the buyer, also while another operation of the payment is open. */
    public Optional<Operation> waitingAuthorization(long orderId, long paymentId) {
        return store.waitingAuthorization(orderId, paymentId);
    }

    /** Where the buyer must go to confirm the payment, while it waits for that. */
    public Optional<String> actionOf(long orderId, long paymentId) {
        return store.actionOf(orderId, paymentId);
    }

    /** A question to give up what the payment holds or waits for. */
    public Operation voidOf(Payment payment, Operation.Cause cause) {
        if (payment.gateway() == null) throw new IllegalArgumentException("an invoice has no gateway to ask");
        return new Operation(
                payment.orderId(),
                payment.id(),
                nextOperationId(),
                Operation.Kind.VOID,
                payment.gateway(),
                payment.amount(),
                false,
                null,
                null,
                payment.reference(),
                cause);
    }

    private GatewayRequest.Authorize authorization(Operation operation) {
        if (operation.token() == null)
            throw new IllegalArgumentException("operation " + operation.id() + " has no token");
        return new GatewayRequest.Authorize(
                keyOf(operation),
                operation.orderId(),
                operation.paymentId(),
                operation.amount(),
                operation.token(),
                operation.captures(),
                operation.returnUrl() == null ? null : URI.create(operation.returnUrl()));
    }

    private GatewayRequest.Capture captureOf(Operation operation) {
        return new GatewayRequest.Capture(
                keyOf(operation),
                referenceOf(operation),
                operation.amount(),
                operation.capturedBefore(),
                operation.last());
    }

    private static String referenceOf(Operation operation) {
        if (operation.reference() == null)
            throw new IllegalStateException("operation " + operation.id() + " is about a payment without a name");
        return operation.reference();
    }

    /** What the operation is called at its gateway: the same for every try, and of this installation alone. */
    String keyOf(Operation operation) {
        return keyOf(operation.orderId(), operation.id());
    }

    private String keyOf(long orderId, long operationId) {
        return keyPrefix() + orderId + "-" + operationId;
    }

    /** What every key of this installation begins with. */
    String keyPrefix() {
        var prefix = keyPrefix;
        if (prefix == null) {
            prefix = store.installation().toString().substring(0, 13) + "-";
            keyPrefix = prefix;
        }
        return prefix;
    }

    /** What an operation is called in our tables. */
    record Name(long orderId, long operationId) {}

    /** The operation that a gateway's message names, also where something follows its key; empty for anybody else's. */
    Optional<Name> nameIn(String operationKey) {
        var prefix = keyPrefix();
        var numbers = NAME.matcher(operationKey);
        return operationKey.startsWith(prefix)
                        && numbers.region(prefix.length(), operationKey.length())
                                .matches()
                ? Optional.of(new Name(Long.parseLong(numbers.group(1)), Long.parseLong(numbers.group(2))))
                : Optional.empty();
    }

    /** Hands the gateway what the buyer's browser brought back, for the authorization that waits for it. */
    GatewayAnswer confirm(Operation waiting, Map<String, String> returned) {
        return gateway(waiting.gateway())
                .confirm(new GatewayRequest.Confirm(
                        keyOf(waiting),
                        waiting.paymentId(),
                        waiting.amount(),
                        waiting.captures(),
                        waiting.reference(),
                        returned));
    }

    /** @throws IllegalArgumentException when there is no such gateway */
    PaymentGateway gateway(String name) {
        var gateway = gateways.get(name);
        if (gateway == null) throw new IllegalArgumentException("no gateway " + name);
        return gateway;
    }
}
