package kontor.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kontor.database.Ids;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What staff post by hand. It belongs to no order; what does is corrected by cancelling or refunding the order. */
@Service
class Adjustments {
    private final BookStore store;
    private final Ids ids;

    Adjustments(BookStore store, Ids ids) {
        this.store = store;
        this.ids = ids;
    }

    /** @throws Refusal 422 for a posting that does not balance, or names what does not exist; nothing is written */
    void check(NewAdjustment adjustment) {
        var errors = new ArrayList<FieldError>();
        var known = store.accounts().stream().map(LedgerAccount::code).collect(Collectors.toSet());
        var currency = adjustment.entries().getFirst().amount().currency();
        var sum = 0L; // no overflow: amounts are bounded, and so is their number
        for (var i = 0; i < adjustment.entries().size(); i++) {
            var side = adjustment.entries().get(i);
            var field = "entries[" + i + "].";
            if (!known.contains(side.account()))
                errors.add(new FieldError(field + "account", "unknown", "is not the code of an account"));
            if (side.amount().amount() == 0)
                errors.add(new FieldError(field + "amount.amount", "zero", "must not be 0"));
            if (!side.amount().currency().equals(currency))
                errors.add(
                        new FieldError(field + "amount.currency", "other_currency", "must be the same in all entries"));
            sum += side.amount().amount();
        }
        if (errors.isEmpty() && sum != 0)
            errors.add(new FieldError("entries", "unbalanced", "must sum to 0, and come to " + sum));
        if (!errors.isEmpty()) throw Refusal.ofFields(List.copyOf(errors));
    }

    /** Posts it, as the database's clock says. The database refuses what {@link #check} would. */
    @Transactional
    LedgerTransaction post(NewAdjustment adjustment, String actor) {
        var id = ids.next("ledger.transaction_ids");
        store.insertAdjustment(id, ids.next("ledger.adjustment_ids"), adjustment, actor);
        return store.find(id).orElseThrow();
    }
}
