package kontor.payments;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** What the server cannot decide by itself, kept for staff until somebody has looked at it. */
@Component
public class WorkItems {
    private static final Logger log = LoggerFactory.getLogger(WorkItems.class);

    private final WorkItemStore store;

    WorkItems(WorkItemStore store) {
        this.store = store;
    }

    /** What kind of thing there is to be looked at. */
    public enum Kind {
        /** A gateway has not told for a day what became of an operation. */
        UNKNOWN_OPERATION,
        /** A gateway answered something that cannot be the answer: HTML, another amount, another payment. */
        STRANGE_ANSWER,
        /** A gateway told of a payment that is not ours. */
        FOREIGN_EVENT,
        /** Money came for a payment that had ended; it is being given back. */
        LATE_PAYMENT,
        /** A gateway will not pay a refund out. */
        REFUND_FAILED,
        /** What an order was confirmed on is not held any more. */
        AUTHORIZATION_GONE,
        /** A payment is not where it was left. */
        UNEXPECTED_STATE,
        /** A buyer disputes a payment. */
        DISPUTE,
        /** The gateway's books and ours differ. */
        BREAK;

        private final String code = name().toLowerCase(Locale.ROOT);

        public String code() {
            return code;
        }

        static Optional<Kind> ofCode(String code) {
            for (var kind : values()) if (kind.code.equals(code)) return Optional.of(kind);
            return Optional.empty();
        }
    }

    /**
     * What an item is about.
     *
     * @param key of one kind, one is open once
     */
    public record Subject(
            String key,
            @Nullable Long orderId,
            @Nullable Long paymentId,
            @Nullable Long operationId) {
        public static Subject of(Operation operation) {
            return new Subject(
                    "operation " + operation.id(), operation.orderId(), operation.paymentId(), operation.id());
        }

        public static Subject of(Payment payment) {
            return new Subject("payment " + payment.id(), payment.orderId(), payment.id(), null);
        }

        public static Subject of(String key) {
            return new Subject(key, null, null, null);
        }
    }

    /** Opens an item, or notes that what an open one is about was met again; takes part in the caller's transaction. */
    public void open(Kind kind, Subject subject, String detail) {
        if (store.open(kind, subject, detail)) log.warn("For staff: {} of {}: {}", kind.code(), subject.key(), detail);
    }

    /** Closes what has settled itself. */
    public void settled(Kind kind, Subject subject, String resolution) {
        store.settled(kind, subject.key(), resolution);
    }

    List<WorkItem> list(long before, int limit, @Nullable Kind kind, @Nullable Long orderId, boolean alsoResolved) {
        return store.list(before, limit, kind, orderId, alsoResolved);
    }

    Optional<WorkItem> find(long id) {
        return store.find(id);
    }

    /** @return false when somebody has resolved it before */
    boolean resolve(long id, String actor, String resolution) {
        return store.resolve(id, actor, resolution);
    }

    /** Opens an item for each operation that a gateway has been silent about for a day, and closes what has settled itself. */
    @Scheduled(fixedDelayString = "${kontor.payments.work-items-interval:1m}")
    void watchOperations() {
        store.openForSilence();
        store.closeSettled();
        store.closeGivenBack();
    }
}
