package kontor.reconciliation;

import java.time.Instant;
import java.util.List;
import kontor.ledger.Account;
import kontor.ledger.Posting;
import kontor.payments.BalancePage.Kind;

/** How lines of gateways' books are written into ours. They belong to no order: what an order did is booked with it. */
final class LinePostings {
    private LinePostings() {}

    /** What is true of a line whatever it is about: the fee is gone, and a payout has gone to the bank. */
    static List<Posting> atOnce(BookLine line, Instant at) {
        var amount = line.amount().minorUnits();
        var fee = Math.subtractExact(line.fee(), line.kind() == Kind.FEE ? amount : 0);
        var fees = new Posting.Entries().debit(Account.GATEWAY_FEES, fee).credit(Account.GATEWAY_CLEARING, fee);
        var payout = new Posting.Entries();
        if (line.kind() == Kind.PAYOUT) payout.credit(Account.BANK, amount).debit(Account.GATEWAY_CLEARING, amount);
        return List.of(of(line, "fee", fees, at), of(line, "payout", payout, at));
    }

    /**
     * The gateway moved what our books do not have.
     *
     * @param amount of it, in minor units, as it moved the balance
     */
    static Posting suspended(BookLine line, long amount, Instant at) {
        var entries =
                new Posting.Entries().debit(Account.GATEWAY_CLEARING, amount).credit(Account.SUSPENSE, amount);
        return of(line, "movement", entries, at);
    }

    /** What was suspended as a whole is known by now. */
    static Posting explained(BookLine line, Instant at) {
        var amount = line.amount().minorUnits();
        var entries = new Posting.Entries().debit(Account.SUSPENSE, amount).credit(Account.GATEWAY_CLEARING, amount);
        return of(line, "movement_reversal", entries, at);
    }

    private static Posting of(BookLine line, String kind, Posting.Entries entries, Instant at) {
        return new Posting(
                null,
                Posting.Source.BALANCE_LINE,
                line.id(),
                kind,
                line.amount().currency(),
                entries.list(),
                at);
    }
}
