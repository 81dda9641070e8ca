package kontor.payments;

import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import kontor.batching.Lanes;
import kontor.payments.InboundEventStore.Arrival;
import kontor.payments.InboundEventStore.Standing;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * What the server does about payments on its own, done when it is asked for, on the caller's thread and one thing after
 * the other, so that the same seed is the same course of events.
 */
public class PaymentDesk {
    private final PaymentRecovery recovery;
    private final InboundEvents inbox;
    private final WorkItems work;
    private final PaymentConfirmationController confirmations;

    PaymentDesk(
            PaymentRecovery recovery,
            InboundEvents inbox,
            WorkItems work,
            PaymentConfirmationController confirmations,
            Lanes<Arrival, Standing> inboxLane) {
        this.recovery = recovery;
        this.inbox = inbox;
        this.work = work;
        this.confirmations = confirmations;
        ReflectionTestUtils.setField(recovery, "threads", new CallersThread());
        ReflectionTestUtils.setField(inbox, "threads", new CallersThread());
        ReflectionTestUtils.setField(inboxLane, "rest", 0L); // nobody else's messages to wait for
    }

    public void recover() {
        recovery.resolveDue();
    }

    public void watch() {
        work.watchOperations();
    }

    public void receive(WebhookEvent event) {
        inbox.receive("simulated", event, event.id().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** A member of staff has a stored message acted on again. */
    public void replay(WebhookEvent event) {
        inbox.replay("simulated", event.id(), "user:1");
    }

    /** From the gateway's page, with nothing in the address that counts. */
    public void buyerIsBack(long paymentId) {
        confirmations.confirm(paymentId, new PaymentConfirmationController.Return(Map.of()));
    }

    /** @param owner who can hold messages back, so that only one is due at a time */
    public void actOnWaiting(JdbcClient owner) {
        inbox.finishAnswered();
        var due = owner.sql("""
                        SELECT event_id FROM payments.inbound_events
                        WHERE state = 'received' AND next_attempt_at <= now() - interval '1 second' ORDER BY arrival
                        """).query(String.class).list();
        if (due.size() > 1) {
            hold(owner, due, "+");
            try {
                for (var event : due) {
                    hold(owner, List.of(event), "-");
                    inbox.actOnWaiting();
                }
            } finally {
                owner.sql("""
                        UPDATE payments.inbound_events SET next_attempt_at = next_attempt_at - interval '100 years'
                        WHERE state = 'received' AND next_attempt_at > now() + interval '50 years'
                        """).update();
            }
        } else if (!due.isEmpty()) inbox.actOnWaiting();
    }

    private static void hold(JdbcClient owner, List<String> events, String sign) {
        owner.sql("""
                        UPDATE payments.inbound_events SET next_attempt_at = next_attempt_at %s interval '100 years'
                        WHERE event_id IN (:events) AND state = 'received'
                        """.formatted(sign)).param("events", events).update();
    }

    /** Runs everything at once, where it is handed over. */
    private static final class CallersThread extends AbstractExecutorService {
        @Override
        public void execute(Runnable command) {
            command.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return true;
        }

        @Override
        public boolean isTerminated() {
            return true;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
