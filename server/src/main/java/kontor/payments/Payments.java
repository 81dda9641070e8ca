package kontor.payments;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import kontor.database.Ids;
import kontor.database.Statements;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Payments and the questions put to gateways. Recording takes part in the caller's transaction; asking happens outside of
 * any: the question is committed before it is asked, and what was answered is recorded afterwards.
 */
@Component
public class Payments {
    private final PaymentStore store;
    private final OperationStore operations;
    private final SettlementStore settlements;
    private final GatewayQuestions questions;
    private final Ids ids;
    private volatile boolean held;

    Payments(
            PaymentStore store,
            OperationStore operations,
            SettlementStore settlements,
            GatewayQuestions questions,
            Ids ids) {
        this.store = store;
        this.operations = operations;
        this.settlements = settlements;
        this.questions = questions;
        this.ids = ids;
    }

    /** A gateway's answer to an operation, to be recorded. */
    public record Settlement(Operation operation, GatewayAnswer answer) {}

    /** The gateways that can be named in an order. */
    public Set<String> gatewayNames() {
        return questions.gatewayNames();
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
    public void insertOperations(Statements statements, List<Operation> asked) {
        if (!asked.isEmpty()) operations.insertOperations(statements, asked);
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
        return operations.insertOperation(voiding, Operation.State.INTENT)
                && store.lockVoidable(voiding.orderId(), voiding.paymentId());
    }

    /** What came of the void that was wanted by this actor with this key; a failed one counts only if there is no other. */
    public Optional<Operation.State> stateOfVoid(long orderId, String actor, String requestKey) {
        return operations.stateOfVoid(orderId, actor, requestKey);
    }

    /**
     * Asks the gateway, waiting at most its patience. The operation must be committed, and no transaction open.
     *
     * @throws IllegalStateException inside a transaction: a slow gateway would hold locks and a connection
     */
    public GatewayAnswer ask(Operation operation) {
        return questions.ask(operation);
    }

    /** Finds out what became of an operation that has no answer yet: see {@link GatewayQuestions#resolve}. */
    public GatewayAnswer resolve(Operation operation) {
        return questions.resolve(operation);
    }

    /**
     * Records answers, each only if its operation still waits for one; takes part in the caller's transaction.
     *
     * @return the ids of the operations that these answers settled or moved on
     */
    public Set<Long> settle(List<Settlement> answered) {
        return settlements.settle(answered);
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
        return operations.openOperation(orderId, paymentId);
    }

    /**
     * Payments beside an invoice that have waited for their buyers for so long, and that neither a gateway is being asked
     * about nor staff.
     */
    public List<Payment> waitingSince(Duration patience, int limit) {
        return store.waitingSince(patience, limit);
    }

    /**
     * What was asked about an order and has not been answered, and that nobody is waiting for an answer to at this moment.
     */
    public List<Operation> unansweredOf(long orderId) {
        return operations.unansweredOf(orderId);
    }

    /** The authorization that waits for the buyer, also while another operation of the payment is open. */
    public Optional<Operation> waitingAuthorization(long orderId, long paymentId) {
        return operations.waitingAuthorization(orderId, paymentId);
    }

    /** Where the buyer must go to confirm the payment, while it waits for that. */
    public Optional<String> actionOf(long orderId, long paymentId) {
        return operations.actionOf(orderId, paymentId);
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
}
