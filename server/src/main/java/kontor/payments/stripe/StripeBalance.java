package kontor.payments.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.BalanceTransactionSource;
import com.stripe.model.Charge;
import com.stripe.model.Dispute;
import com.stripe.model.Refund;
import com.stripe.model.StripeCollection;
import com.stripe.param.BalanceTransactionListParams;
import com.stripe.service.BalanceTransactionService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import kontor.money.Money;
import kontor.payments.BalancePage;
import kontor.payments.BalancePage.Kind;
import kontor.payments.BalancePage.Line;
import kontor.payments.BalancePage.Lines;
import kontor.payments.BalancePage.Unavailable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stripe's balance transactions, the oldest first. Stripe lists the newest first, and next to a given one on request: so
 * reading on is asking for those before it in the list, while the beginning can only be found by paging back.
 */
final class StripeBalance {
    private static final Logger log = LoggerFactory.getLogger(StripeBalance.class);

    /** With its source each may take some 10 KB, and an answer may have 1 MB. */
    private static final long PAGE = 50;

    /** From the end to the beginning, once for each installation. */
    private static final int MOST_PAGES_BACK = 200;

    /** Of the part of a line that stands for a fee given back. */
    private static final String FEE = ":fee";

    private final BalanceTransactionService transactions;

    StripeBalance(BalanceTransactionService transactions) {
        this.transactions = transactions;
    }

    /** @param after null for the beginning */
    BalancePage page(@Nullable String after) {
        try {
            return after == null ? first() : next(after.endsWith(FEE) ? withoutEnd(after) : after);
        } catch (StripeException e) {
            return unavailable("the balance transactions: " + e.getStatusCode() + " " + e.getMessage());
        } catch (RuntimeException e) { // as everywhere, the SDK trusts what it reads
            log.warn("Balance transactions that cannot be read", e);
            return unavailable("the balance transactions cannot be read: " + e);
        }
    }

    private static String withoutEnd(String id) {
        return id.substring(0, id.length() - FEE.length());
    }

    private BalancePage next(String after) throws StripeException {
        var found = list(asked().setEndingBefore(after));
        return lines(found.getData(), found.getHasMore());
    }

    private BalancePage first() throws StripeException {
        var oldest = list(asked());
        var more = false;
        for (var pages = 1; oldest.getHasMore(); pages++) {
            if (pages == MOST_PAGES_BACK) {
                return unavailable("the balance begins more than " + PAGE * MOST_PAGES_BACK + " lines ago");
            }
            more = true;
            oldest = list(asked().setStartingAfter(oldest.getData().getLast().getId()));
        }
        return lines(oldest.getData(), more);
    }

    private static BalanceTransactionListParams.Builder asked() {
        return BalanceTransactionListParams.builder().setLimit(PAGE).addExpand("data.source");
    }

    private StripeCollection<BalanceTransaction> list(BalanceTransactionListParams.Builder asked)
            throws StripeException {
        var found = transactions.list(asked.build());
        if (!"list".equals(found.getObject()) || found.getData() == null || found.getHasMore() == null) {
            throw new IllegalArgumentException("not a list");
        }
        if (found.getHasMore() && found.getData().isEmpty()) throw new IllegalArgumentException("an endless list");
        return found;
    }

    private static BalancePage lines(List<BalanceTransaction> newestFirst, boolean more) {
        var lines = new ArrayList<Line>();
        for (var transaction : newestFirst.reversed()) lines.addAll(linesOf(transaction));
        return new Lines(List.copyOf(lines), more);
    }

    /** One, or two when a fee was given back: our lines know no fee below zero. */
    private static List<Line> linesOf(BalanceTransaction transaction) {
        var id = Objects.requireNonNull(transaction.getId(), "a balance transaction without id");
        var amount = StripeAnswers.moneyOf(transaction.getAmount(), transaction.getCurrency());
        var fee = StripeAnswers.moneyOf(transaction.getFee(), transaction.getCurrency());
        var net = StripeAnswers.moneyOf(transaction.getNet(), transaction.getCurrency());
        if (!amount.minus(fee).equals(net)) {
            throw new IllegalArgumentException(id + " does not add up: " + amount + " less " + fee + " is not " + net);
        }
        var kind = kindOf(transaction);
        if (fee.minorUnits() >= 0) return List.of(lineOf(transaction, id, kind, amount, fee.minorUnits()));
        return List.of(
                lineOf(transaction, id + FEE, Kind.FEE, fee.negated(), 0), lineOf(transaction, id, kind, amount, 0));
    }

    private static Line lineOf(BalanceTransaction transaction, String id, Kind kind, Money amount, long fee) {
        var at = Instant.ofEpochSecond(Objects.requireNonNull(transaction.getCreated(), "no time"));
        var available = transaction.getAvailableOn();
        var availableAt = available == null ? null : Instant.ofEpochSecond(available);
        var source = transaction.getSourceObject();
        return switch (source) {
            case Charge charge ->
                new Line(
                        id,
                        kind,
                        amount,
                        fee,
                        at,
                        availableAt,
                        charge.getPaymentIntent(),
                        null,
                        takenAtOnce(charge.getMetadata()));
            case Refund refund ->
                new Line(
                        id,
                        kind,
                        amount,
                        fee,
                        at,
                        availableAt,
                        refund.getPaymentIntent(),
                        refund.getId(),
                        StripeAnswers.metadata(refund.getMetadata(), StripeAnswers.OPERATION));
            case Dispute dispute ->
                new Line(id, kind, amount, fee, at, availableAt, dispute.getPaymentIntent(), dispute.getId(), null);
            case null, default ->
                new Line(id, kind, amount, fee, at, availableAt, null, nameOf(source, transaction), null);
        };
    }

    private static @Nullable String nameOf(@Nullable BalanceTransactionSource source, BalanceTransaction transaction) {
        return source == null ? transaction.getSource() : source.getId();
    }

    /** A charge has the metadata of the payment's beginning; later captures leave no name in it. */
    private static @Nullable String takenAtOnce(@Nullable Map<String, String> metadata) {
        return StripeAnswers.metadata(metadata, StripeAnswers.HELD) == null
                ? StripeAnswers.metadata(metadata, StripeAnswers.OPERATION)
                : null;
    }

    /** After https://docs.stripe.com/reports/balance-transaction-types and /reports/reporting-categories. */
    private static Kind kindOf(BalanceTransaction transaction) {
        var category = transaction.getReportingCategory();
        return switch (category == null ? "" : category) {
            // What was held beyond a part that was captured comes as a charge of all and this: together, what was
            // taken.
            case "charge", "partial_capture_reversal" -> Kind.CHARGE;
            case "refund" -> Kind.REFUND;
            case "refund_failure" -> Kind.REFUND_REVERSAL;
            case "dispute" -> Kind.DISPUTE;
            case "dispute_reversal" -> Kind.DISPUTE_REVERSAL;
            case "payout" -> Kind.PAYOUT;
            case "fee" -> Kind.FEE;
            default -> Kind.OTHER;
        };
    }

    private static Unavailable unavailable(String reason) {
        return new Unavailable(StripeAnswers.oneLine(reason));
    }
}
