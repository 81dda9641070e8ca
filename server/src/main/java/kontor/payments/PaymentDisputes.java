package kontor.payments;

import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What is known of disputes. Messages about one may come twice and in any order, so each is compared with what is known:
 * an end is never taken back, and money that a gateway took and gave back is no longer taken.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class PaymentDisputes {
    private final DisputeStore store;

    PaymentDisputes(DisputeStore store) {
        this.store = store;
    }

    /** Something about a dispute that was not known before. */
    public record Change(Kind kind, Dispute dispute) {
        /** What it is. */
        public enum Kind {
            OPENED,
            WITHDRAWN,
            REINSTATED,
            WON,
            LOST,
            /** What was won is said to be lost after all: nothing is booked, and people have to look. */
            CONTRADICTED
        }
    }

    /** Takes part in the transaction of a caller who has locked the order. @return what is new, in the order of happening */
    public List<Change> hear(Payment payment, DisputeNews news) {
        var changes = new ArrayList<Change>();
        var before = store.find(payment, news.reference());
        if (before.isEmpty()) {
            var dispute = store.insert(payment, news);
            changes.add(new Change(Change.Kind.OPENED, dispute));
            move(changes, dispute, DisputeNews.Status.OPEN, false, news);
        } else {
            move(changes, before.get(), before.get().status(), before.get().withdrawn(), news);
        }
        return changes;
    }

    private void move(
            List<Change> changes, Dispute dispute, DisputeNews.Status status, boolean withdrawn, DisputeNews news) {
        var ends = status == DisputeNews.Status.OPEN && news.status() != DisputeNews.Status.OPEN;
        var to = ends ? news.status() : status;
        // An old message that tells of the withdrawal, after the end, is behind what is known.
        var old = news.status() == DisputeNews.Status.OPEN && status != DisputeNews.Status.OPEN;
        // What is lost was withdrawn, whether or not the message about that has come.
        // And what was won and is not withdrawn has been given back, or was never taken.
        var over = status == DisputeNews.Status.WON && !withdrawn;
        var taken = to == DisputeNews.Status.LOST || ((old || over) ? withdrawn : news.withdrawn());
        if (taken && !withdrawn) {
            store.withdrawn(dispute);
            changes.add(new Change(Change.Kind.WITHDRAWN, dispute));
        }
        if (!taken && withdrawn && to == DisputeNews.Status.WON) {
            store.reinstated(dispute);
            changes.add(new Change(Change.Kind.REINSTATED, dispute));
        }
        if (status == DisputeNews.Status.WON && news.status() == DisputeNews.Status.LOST)
            changes.add(new Change(Change.Kind.CONTRADICTED, dispute));
        if (!ends) return;
        store.ended(dispute, to);
        changes.add(new Change(to == DisputeNews.Status.WON ? Change.Kind.WON : Change.Kind.LOST, dispute));
    }
}
