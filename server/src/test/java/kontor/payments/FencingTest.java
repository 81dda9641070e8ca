package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import kontor.KontorTest;
import kontor.money.Money;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Of two who took an operation up, one after the other, the first may have stood still for long. */
@KontorTest
class FencingTest {
    private static final GatewayAnswer SILENCE = new GatewayAnswer.NoAnswer("timeout");
    private static final GatewayAnswer NOT_YET =
            new GatewayAnswer.RequiresAction("pi", URI.create("https://bank.example/confirm"));
    private static final GatewayAnswer TAKEN = new GatewayAnswer.Captured("pi", Money.of(1, "GBP"));

    @Autowired
    private OperationStore operations;

    @Autowired
    private SettlementStore settlements;

    @Autowired
    private PaymentMoveStore moves;

    @Autowired
    private JdbcClient database;

    @Autowired
    private TransactionTemplate transaction;

    private interface Store {
        /** @return whether anything was written */
        boolean settle(Operation operation, GatewayAnswer answer);
    }

    @Test
    void whoWasOvertakenWritesDownNothingThatIsNotFinal() {
        for (var store : List.<Store>of(this::settleAtOnce, this::settleAlone)) {
            withTwo((overtaken, newest) -> {
                assertThat(store.settle(overtaken, SILENCE)).isFalse();
                assertThat(store.settle(overtaken, NOT_YET)).isFalse();
                assertThat(state()).isEqualTo("intent 0");
                assertThat(store.settle(newest, SILENCE)).isTrue();
                assertThat(store.settle(newest, NOT_YET)).isTrue();
                assertThat(state()).isEqualTo("waiting 2");
            });
        }
    }

    @Test
    void whatIsFinalIsAFactWhoeverBringsIt() {
        for (var store : List.<Store>of(this::settleAtOnce, this::settleAlone)) {
            withTwo((overtaken, newest) -> {
                assertThat(store.settle(overtaken, TAKEN)).isTrue();
                assertThat(store.settle(newest, SILENCE)).isFalse();
                assertThat(state()).isEqualTo("succeeded 1");
            });
        }
    }

    private boolean settleAtOnce(Operation operation, GatewayAnswer answer) {
        return !settlements
                .settle(List.of(new Payments.Settlement(operation, answer)))
                .isEmpty();
    }

    private boolean settleAlone(Operation operation, GatewayAnswer answer) {
        return moves.settle(operation, PaymentVerdict.of(operation, answer));
    }

    private interface Steps {
        void run(Operation overtaken, Operation newest);
    }

    /** Rolled back, so that recovery never sees it. */
    private void withTwo(Steps steps) {
        transaction.executeWithoutResult(status -> {
            database.sql("""
                            INSERT INTO payments.operations
                                (order_id, payment_id, id, kind, state, gateway, currency, amount, captures)
                            VALUES (-9, -9, -9, 'authorize', 'intent', 'nobody', 'GBP', 1, true)
                            """).update();
            steps.run(takeUp(), takeUp());
            status.setRollbackOnly();
        });
    }

    private Operation takeUp() {
        database.sql("UPDATE payments.operations SET next_attempt_at = now() WHERE id = -9")
                .update();
        return operations.takeDue("nobody", 1).getFirst();
    }

    private String state() {
        return database.sql("SELECT state || ' ' || attempts FROM payments.operations WHERE id = -9")
                .query(String.class)
                .single();
    }
}
