package kontor.orders.imports;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of one line.
 *
 * @param n the line's number in the import
 * @param reason why it is set aside; null when it is not
 * @param orderExternalId the order that it becomes part of or is credited against
 * @param orderLine which line of that order; 0 for its shipping
 */
record Decision(
        long n,
        Outcome outcome,
        @Nullable Reason reason,
        @Nullable String orderExternalId,
        @Nullable Integer orderLine) {
    static Decision setAside(StagedLine line, Reason reason) {
        return new Decision(line.n(), Outcome.SET_ASIDE, reason, null, null);
    }

    Decision alreadyThere() {
        return outcome.isImported() ? new Decision(n, Outcome.ALREADY_THERE, null, orderExternalId, orderLine) : this;
    }

    Decision differing() {
        return outcome != Outcome.SET_ASIDE ? new Decision(n, Outcome.SET_ASIDE, Reason.DIFFERS, null, null) : this;
    }
}
