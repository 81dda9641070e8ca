package kontor.reconciliation;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.reconciliation.BookLine.State;
import kontor.reconciliation.LineStore.About;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks for lines in our books, and writes down what came of it. What is not found is booked to suspense at once, so that
 * gateway clearing stays what the gateway holds, and is looked for again at every run until it is found or staff have
 * resolved its break.
 */
@Component
class LineMatcher {
    private static final int AT_ONCE = 500;
    private static final String FOUND = "it was found in the books";

    private final LineStore store;
    private final Breaks breaks;
    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final Clock clock;

    LineMatcher(LineStore store, Breaks breaks, Ledger ledger, TransactionTemplate transaction, Clock clock) {
        this.store = store;
        this.breaks = breaks;
        this.ledger = ledger;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** One run at a time works on the lines of a gateway; the next one finds them decided. */
    void match(String gateway) {
        var last = 0L;
        while (last >= 0) {
            var after = last;
            last = transaction.execute(_ -> matchSome(gateway, after));
        }
    }

    /** @return the last line that was looked at; -1 when there are no more */
    private long matchSome(String gateway, long after) {
        store.lock(gateway);
        var lines = store.undecided(gateway, after, AT_ONCE);
        var payments = new LinkedHashSet<About>();
        var decisions = new ArrayList<Decision>();
        for (var line : lines) {
            if (line.orderId() != null && line.paymentId() != null)
                payments.add(new About(line.orderId(), line.paymentId()));
            else decisions.add(new Decision.Suspended(line, BreakKind.MISSING_HERE, null));
        }
        decisions.addAll(decide(gateway, payments));
        var postings = new ArrayList<Posting>();
        for (var decision : decisions) apply(decision, postings);
        ledger.post(postings);
        return lines.size() < AT_ONCE
                ? -1
                : lines.stream().mapToLong(BookLine::id).max().orElseThrow();
    }

    private List<Decision> decide(String gateway, Set<About> payments) {
        if (payments.isEmpty()) return List.of();
        // First of all: what is answered after this look is found at the next run, and not taken for missing.
        var open = new HashSet<>(store.withOpenQuestions(payments));
        var lines = store.linesOf(gateway, payments).stream()
                .collect(Collectors.groupingBy(line -> new About(of(line.orderId()), of(line.paymentId()))));
        var facts = store.factsOf(gateway, payments).stream()
                .collect(Collectors.groupingBy(fact -> new About(fact.orderId(), fact.paymentId())));
        return payments.stream()
                .flatMap(payment -> Matching.of(
                        lines.getOrDefault(payment, List.of()),
                        facts.getOrDefault(payment, List.of()),
                        open.contains(payment))
                        .stream())
                .toList();
    }

    private static long of(@Nullable Long id) {
        if (id == null) throw new IllegalStateException("a line of no payment");
        return id;
    }

    private void apply(Decision decision, List<Posting> postings) {
        var line = decision.line();
        var wasSuspended = line.state() == State.SUSPENDED;
        switch (decision) {
            case Decision.Matched(var _, var facts) -> {
                if (wasSuspended) postings.add(LinePostings.explained(line, clock.instant()));
                store.decide(line, State.MATCHED, 0);
                for (var fact : facts) match(fact, line);
                breaks.settleOf(line.id(), FOUND);
            }
            case Decision.Differs(var _, var fact, var difference) -> {
                if (wasSuspended) return; // booked as a whole: for staff to untangle
                postings.add(LinePostings.suspended(line, difference, clock.instant()));
                store.decide(line, State.MATCHED, difference);
                match(fact, line);
                breaks.open(line, BreakKind.AMOUNT_DIFFERS, fact, difference);
            }
            case Decision.Suspended(var _, var kind, var fact) -> {
                if (wasSuspended) return;
                var amount = line.amount().minorUnits();
                postings.add(LinePostings.suspended(line, amount, clock.instant()));
                store.decide(line, State.SUSPENDED, amount);
                var given = store.givenBackBy(line);
                if (given.isEmpty()) breaks.open(line, kind, fact, amount);
                else given.forEach(other -> breaks.settleOf(other, "it was given back"));
            }
        }
    }

    private void match(BookedFact fact, BookLine line) {
        store.match(fact, line);
        breaks.settleOf(fact, "the gateway has listed it");
    }
}
