package kontor.payments;

import java.util.List;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What comparing our books with those of gateways needs of gateways. */
@Component
public class GatewayBooks {
    private final Payments payments;
    private final GatewayQuestions questions;
    private final OperationKeys keys;
    private final OperationStore operations;
    private final PaymentStore store;
    private final WorkItems work;

    GatewayBooks(
            Payments payments,
            GatewayQuestions questions,
            OperationKeys keys,
            OperationStore operations,
            PaymentStore store,
            WorkItems work) {
        this.payments = payments;
        this.questions = questions;
        this.keys = keys;
        this.operations = operations;
        this.store = store;
        this.work = work;
    }

    /** The gateways that are configured, by name. */
    public List<String> gateways() {
        return questions.gatewayNames().stream().sorted().toList();
    }

    /**
     * Reads on in a gateway's books.
     *
     * @throws IllegalStateException inside a transaction: a slow gateway would hold locks and a connection
     */
    public BalancePage read(String gateway, @Nullable String after) {
        if (TransactionSynchronizationManager.isActualTransactionActive())
            throw new IllegalStateException("a gateway must not be asked inside a transaction");
        return questions.gateway(gateway).balance(after);
    }

    /** What an operation key of this installation names; nothing of it needs to be here any more. */
    public record Named(long orderId, long operationId) {}

    /** @return null when the key is of another installation, or none of ours */
    public @Nullable Named named(@Nullable String operationKey) {
        if (operationKey == null) return null;
        return keys.nameIn(operationKey)
                .map(name -> new Named(name.orderId(), name.operationId()))
                .orElse(null);
    }

    /** The key under which money that no operation of ours took is given back: the same at every try. */
    public String keyOfReturn(String lineId) {
        return keys.prefix() + "return-" + lineId.replaceAll("[^A-Za-z0-9._:-]", "_");
    }

    /** Gives money back that no operation of ours took. The key must be committed, and no transaction open. */
    public GatewayAnswer giveBack(String gateway, String key, String paymentReference, Money amount) {
        return questions.gateway(gateway).refund(key, paymentReference, amount);
    }

    /**
     * Until {@link #release} the server begins nothing on its own that changes something at a gateway, such as giving up
     * what its buyer did not confirm; what was begun before is still resolved.
     */
    public void hold() {
        payments.hold();
    }

    public void release() {
        payments.release();
    }

    /** Lets every open question be asked about at once. */
    public void hasten() {
        operations.hasten();
    }

    /** Lets gateways be asked, too, whether buyers have confirmed the payments that wait for them. */
    public void askAboutWaiting() {
        operations.askAboutWaiting(gatewaysThatAnswerLookUps(true));
    }

    /**
     * Lets staff find out whether buyers have confirmed the payments that wait for them at gateways that cannot be asked;
     * until they have closed its work item, nobody's absence ends such a payment.
     */
    public void tellStaffOfWaiting() {
        for (var payment : store.waitingAt(gatewaysThatAnswerLookUps(false)))
            work.open(WorkItems.Kind.UNEXPECTED_STATE, WorkItems.Subject.of(payment), """
                    %s of order %d wait for their buyer, who may have paid after the backup was made: look at %s. \
                    If so, let it send its message again. It is not called off until this is closed.""".formatted(
                            payment.amount(), payment.orderId(), payment.gateway()));
    }

    private List<String> gatewaysThatAnswerLookUps(boolean answer) {
        return questions.gatewayNames().stream()
                .filter(name -> questions.gateway(name).answersLookUps() == answer)
                .toList();
    }

    /** How many open questions wait to be asked about now. */
    public long due() {
        return operations.countDue();
    }
}
