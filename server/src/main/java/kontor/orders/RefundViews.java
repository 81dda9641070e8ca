package kontor.orders;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import kontor.money.Money;
import kontor.payments.Operation;
import kontor.payments.PaymentMoves;
import kontor.payments.PaymentMoves.Made;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Shows refunds. */
@Component
class RefundViews {
    private final OrderStore orders;
    private final RefundStore refunds;
    private final PaymentMoves moves;
    private final TransactionTemplate transaction;

    RefundViews(OrderStore orders, RefundStore refunds, PaymentMoves moves, TransactionTemplate transaction) {
        this.orders = orders;
        this.refunds = refunds;
        this.moves = moves;
        this.transaction = transaction;
    }

    /**
     * Those of an order, the oldest first.
     *
     * @param forStaff with what buyers do not see
     */
    List<RefundView> ofOrder(long orderId, boolean forStaff) {
        var lines = orders.lines(List.of(orderId)).getOrDefault(orderId, List.of());
        return transaction.execute(_ -> refunds.ofOrder(orderId).stream()
                .map(refund -> view(refund, lines, moves.ofRefund(orderId, refund.id()), forStaff))
                .toList());
    }

    RefundView of(long orderId, long refundId) {
        return ofOrder(orderId, true).stream()
                .filter(view -> view.id() == refundId)
                .findFirst()
                .orElseThrow();
    }

    private static RefundView view(Refund refund, List<OrderLine> lines, List<Made> made, boolean forStaff) {
        var byNumber = lines.stream().collect(Collectors.toMap(OrderLine::line, line -> line));
        var currency = refund.amount().currency();
        return new RefundView(
                refund.id(),
                refund.orderId(),
                refund.state().code(),
                refund.amount(),
                new Money(refund.parts().shipping(), currency),
                new Money(refund.parts().tax(), currency),
                refund.reason(),
                forStaff ? refund.note() : null,
                forStaff ? refund.actor() : null,
                refund.lines().stream()
                        .filter(line -> line.line() > 0)
                        .map(line -> {
                            var bought = Objects.requireNonNull(byNumber.get(line.line()), "a line of the order");
                            return new RefundView.Line(
                                    bought.sku(), bought.name(), line.quantity(), new Money(line.amount(), currency));
                        })
                        .toList(),
                made.stream().map(RefundViews::part).toList(),
                refund.createdAt());
    }

    private static RefundView.Part part(Made made) {
        var failed = made.state() == Operation.State.FAILED;
        return new RefundView.Part(
                made.operation().paymentId(),
                made.operation().amount(),
                made.state().isOpen() ? "pending" : made.state().code(),
                failed ? made.code() : null);
    }
}
