package kontor.simulation;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/** Transactions with a place to die before and after each commit. */
public record CutTransactions(PlatformTransactionManager transactions, Cuts cuts)
        implements PlatformTransactionManager {
    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
        return transactions.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
        var real = status.isNewTransaction() && !status.isRollbackOnly();
        if (real) {
            try {
                cuts.at("before a commit");
            } catch (Cuts.Cut e) {
                transactions.rollback(status); // as PostgreSQL does when its client is gone
                throw e;
            }
        }
        transactions.commit(status);
        if (real) cuts.at("after a commit");
    }

    @Override
    public void rollback(TransactionStatus status) {
        transactions.rollback(status);
    }
}
