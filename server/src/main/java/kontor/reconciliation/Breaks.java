package kontor.reconciliation;

import java.util.List;
import java.util.Optional;
import kontor.payments.WorkItems;
import kontor.web.Page;
import kontor.web.PageRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Where gateways' books and ours differ: each a row with its age, and a work item for staff while it is open. */
@Service
class Breaks {
    private final BreakStore store;
    private final WorkItems work;

    Breaks(BreakStore store, WorkItems work) {
        this.store = store;
        this.work = work;
    }

    @Transactional
    void open(BookLine line, BreakKind kind, @Nullable BookedFact fact, long amount) {
        store.open(line, kind, fact, amount).ifPresent(this::tell);
    }

    /** What a gateway has not listed in time, although we booked it. */
    @Transactional
    void openMissingThere(String gateway, ReconciliationSettings settings) {
        store.openMissingThere(gateway, settings.patience()).forEach(this::tell);
    }

    /** A line was found in our books after all, or given back. */
    @Transactional
    void settleOf(long line, String note) {
        settled(store.settleOfLine(line, note), note);
    }

    /** The gateway has listed what we booked after all. */
    @Transactional
    void settleOf(BookedFact fact, String note) {
        settled(store.settleOfFact(fact.transactionId(), note), note);
    }

    private void settled(List<Long> ids, String note) {
        for (var id : ids) work.settled(WorkItems.Kind.BREAK, subject(id), note);
    }

    /** A work item that was closed does not make a break go away: from its second day on it comes back. */
    @Transactional
    void remind() {
        store.forgotten().forEach(this::tell);
    }

    private void tell(long id) {
        var found = store.find(id).orElseThrow();
        var subject = new WorkItems.Subject(subject(id).key(), found.orderId(), found.paymentId(), null);
        work.open(WorkItems.Kind.BREAK, subject, describe(found));
    }

    private static WorkItems.Subject subject(long id) {
        return WorkItems.Subject.of("break " + id);
    }

    private static String describe(Break found) {
        return "%s at %s: %s %s"
                .formatted(
                        found.kind(),
                        found.gateway(),
                        found.amount(),
                        found.line() == null
                                ? "of ledger transaction " + found.transactionId()
                                : "of " + found.lineKind() + " " + found.line());
    }

    /** @return false when it was resolved before */
    @Transactional
    boolean resolve(long id, String actor, String note) {
        if (!store.resolve(id, actor, note)) return false;
        work.settled(WorkItems.Kind.BREAK, subject(id), note);
        return true;
    }

    Optional<Break> find(long id) {
        return store.find(id);
    }

    /** The newest first. */
    Page<Break> list(PageRequest page, @Nullable String gateway, @Nullable BreakKind kind, boolean alsoResolved) {
        var found = store.list(page.after(Long.MAX_VALUE), page.limit() + 1, gateway, kind, alsoResolved);
        return Page.of(found, page.limit(), each -> PageRequest.cursor(each.id()));
    }
}
