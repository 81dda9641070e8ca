package kontor.orders;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import kontor.TestUsers;
import kontor.idempotency.Claim;
import kontor.idempotency.Idempotency;
import kontor.payments.Operation;
import kontor.payments.PaymentMoves;
import kontor.payments.Payments;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** A server that dies in the middle of a request that moves money: what it had committed is there, and nobody goes on. */
@Component
class DyingServer {
    private final Idempotency idempotency;
    private final Payments payments;
    private final OrderMoney money;
    private final TransactionTemplate transaction;

    DyingServer(Idempotency idempotency, Payments payments, OrderMoney money, TransactionTemplate transaction) {
        this.idempotency = idempotency;
        this.payments = payments;
        this.money = money;
        this.transaction = transaction;
    }

    /** How far it gets with a question. */
    enum Death {
        BEFORE_ASKING,
        AFTER_ASKING
    }

    /**
     * The first transaction of a request, and no more.
     *
     * @param path of the request, {@code capture}
     * @param request as its controller understood it
     * @param begin writes what will be asked
     */
    List<Operation> begin(
            long order,
            TestUsers.TestUser staff,
            String key,
            String path,
            Object request,
            Function<Operation.Cause, List<PaymentMoves.Beginning>> begin) {
        var actor = "user:" + staff.id();
        var named = idempotency.required(List.of(key), actor, "POST /orders/" + order + "/" + path, request);
        var cause = new Operation.Cause(actor, MoneyRequests.requestKeyOf(named), "other");
        return Objects.requireNonNull(transaction.execute(_ -> {
            idempotency.claim(List.of(new Claim(named, null, order)));
            return begin.apply(cause).stream().map(DyingServer::begun).toList();
        }));
    }

    private static Operation begun(PaymentMoves.Beginning beginning) {
        if (beginning instanceof PaymentMoves.Beginning.Begun(var operation)) return operation;
        throw new AssertionError(beginning);
    }

    /** Asks the gateway, or not, and dies before anything of the answer is written down. */
    void die(Operation operation, Death death) {
        if (death == Death.AFTER_ASKING) payments.ask(operation);
    }

    /** Comes to the end of one question. */
    void survive(Operation operation) {
        money.settle(operation, payments.ask(operation));
    }
}
