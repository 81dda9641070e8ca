package kontor.simulator;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Pays out the balance: all that is there, one payout for each currency, on demand or from time to time. */
final class Payouts {
    private final Clerk clerk;
    private final Balance balance;
    private final Clock clock;
    private final Timeline<Payout> payouts = new Timeline<>("payout", Payout::id);

    Payouts(Clerk clerk, Balance balance, Clock clock) {
        this.clerk = clerk;
        this.balance = balance;
        this.clock = clock;
    }

    /** @return nothing for a currency of which nothing is there */
    List<Acquirer.Outcome> payOut() {
        var outcomes = new ArrayList<Acquirer.Outcome>();
        synchronized (clerk) { // between looking at the balance and paying it out, nothing may come in
            balance.standing().forEach((currency, amount) -> {
                if (amount > 0) outcomes.add(payOut(currency, amount));
            });
        }
        return outcomes;
    }

    private Acquirer.Outcome payOut(String currency, long amount) {
        var now = clock.millis();
        var id = RandomIds.next("po_");
        var movement = new BalanceTransaction(
                RandomIds.next("txn_"), BalanceTransaction.Kind.PAYOUT, -amount, 0, currency, id, null, now);
        var payout = new Payout(id, amount, currency, movement.id(), now);
        var draft = new Line.Draft(now)
                .effect(clerk.effect("paid_out", amount, currency))
                .moves(movement)
                .object(Line.PAYOUT_ON_ITS_WAY, payout.json("in_transit"))
                .object(Line.PAYOUT, payout.json());
        Clerk.tell(draft, "payout.created");
        Clerk.tell(draft, "payout.paid");
        var outcome = clerk.record(Step.BY_THE_ACQUIRER, draft, Reply.json(200, payout.json()));
        payouts.put(payout);
        return outcome;
    }

    /** Takes over what a line of the book says. */
    void recall(Book.Found found) {
        var json = found.object(Line.PAYOUT);
        if (json != null) payouts.put(Payout.read(Json.read(json), found.line().at()));
    }

    Payout get(String id) {
        return payouts.get(id);
    }

    List<Payout> latest(int most) {
        return payouts.latest(most);
    }

    Timeline.Page<Payout> page(Form form) {
        return payouts.page(form, (_, _) -> true);
    }
}
