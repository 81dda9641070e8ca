package kontor.payments;

import java.util.ArrayList;
import java.util.List;
import kontor.payments.DisputeNews.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What is known of disputes. Messages about one may come twice and in any order, so each is compared with what is known:
 * how often the money has moved only ever grows, and an end is taken back only when the money was taken again after it.
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
            WITHDRAWN_AGAIN,
            WON,
            LOST,
            /** What has ended is said to have ended the other way: nothing is booked, and people have to look. */
            CONTRADICTED
        }
    }

    /**
     * Why the news cannot be true beside what is known: nothing of it counts then, and people have to look.
     *
     * @return {@code null} when it can
     */
    public @Nullable String objectionTo(Payment payment, DisputeNews news) {
        var said = news.amount();
        var known = store.find(payment, news.reference()).map(Dispute::amount);
        if (known.isPresent() && !known.get().equals(said))
            return "dispute %s is said to be about %s, and was about %s before"
                    .formatted(news.reference(), said, known.get());
        return said.currency().equals(payment.amount().currency())
                ? null
                : "dispute %s is said to be about %s of a payment of %s"
                        .formatted(news.reference(), said, payment.amount());
    }

    /** Takes part in the transaction of a caller who has locked the order. @return what is new, in the order of happening */
    public List<Change> hear(Payment payment, DisputeNews news) {
        var changes = new ArrayList<Change>();
        var known = store.find(payment, news.reference());
        if (known.isEmpty()) {
            var dispute = store.insert(payment, news);
            changes.add(new Change(Change.Kind.OPENED, dispute));
            move(changes, dispute, news);
        } else {
            move(changes, known.get(), news);
        }
        return changes;
    }

    private void move(List<Change> changes, Dispute dispute, DisputeNews news) {
        var ends = ends(dispute, news);
        var status = ends ? news.status() : dispute.status();
        var movements = news.movements() == null
                ? shown(dispute, status, news)
                : counted(Math.max(dispute.movements(), news.movements()), status);
        // What was missed on the way is made up for, so that whatever comes first, the books come to say the same.
        for (var movement = dispute.movements() + 1; movement <= movements; movement++) {
            store.moved(dispute, movement);
            changes.add(new Change(kindOf(movement), dispute));
        }
        if (!ends && contradicts(status, news.status())) changes.add(new Change(Change.Kind.CONTRADICTED, dispute));
        if (!ends) return;
        store.ended(dispute, status);
        changes.add(new Change(status == Status.WON ? Change.Kind.WON : Change.Kind.LOST, dispute));
    }

    private static boolean ends(Dispute dispute, DisputeNews news) {
        return switch (dispute.status()) {
            case OPEN -> news.status() != Status.OPEN;
            case WON ->
                news.status() == Status.LOST && news.movements() != null && news.movements() > dispute.movements();
            case LOST -> false;
        };
    }

    private static boolean contradicts(Status known, Status said) {
        return known != Status.OPEN && said != Status.OPEN && said != known;
    }

    /** What is lost is gone, and what is won is ours, whether or not the message about its last movement has come. */
    private static int counted(int movements, Status status) {
        var taken = movements % 2 == 1;
        return (status == Status.LOST && !taken) || (status == Status.WON && taken) ? movements + 1 : movements;
    }

    /** Where the money is said to be now, as far as the message is not behind what is known. */
    private static int shown(Dispute dispute, Status status, DisputeNews news) {
        // An old message that tells of the withdrawal, after the end, is behind what is known.
        var old = news.status() == Status.OPEN && dispute.status() != Status.OPEN;
        // And what was won and is not withdrawn has been given back, or was never taken.
        var over = dispute.status() == Status.WON && !dispute.withdrawn();
        // What is lost was withdrawn, whether or not the message about that has come.
        var taken = status == Status.LOST || ((old || over) ? dispute.withdrawn() : news.withdrawn());
        var moves = taken ? !dispute.withdrawn() : dispute.withdrawn() && status == Status.WON;
        return moves ? dispute.movements() + 1 : dispute.movements();
    }

    private static Change.Kind kindOf(int movement) {
        return switch (movement) {
            case 1 -> Change.Kind.WITHDRAWN;
            case 2 -> Change.Kind.REINSTATED;
            case 3 -> Change.Kind.WITHDRAWN_AGAIN;
            default -> throw new IllegalStateException("a dispute whose amount moved " + movement + " times");
        };
    }
}
