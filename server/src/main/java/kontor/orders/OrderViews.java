package kontor.orders;

import java.time.Instant;
import java.util.Currency;
import java.util.List;
import kontor.money.Money;
import kontor.payments.Payment;
import kontor.payments.PaymentStatus;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Shows orders as the API does: those just made, and those read back. */
@Component
class OrderViews {
    private final OrderNumbers numbers;
    private final JsonMapper json;

    OrderViews(OrderNumbers numbers, JsonMapper json) {
        this.numbers = numbers;
        this.json = json;
    }

    /**
     * An order that is about to be written.
     *
     * @param status which it will have; the gateway may have moved it on from the one it begins with
     * @param action where the buyer must go first; null for nowhere
     */
    OrderView of(
            NewOrder order,
            OrderStatus status,
            PaymentState paymentStatus,
            @Nullable Address address,
            Payment payment,
            String shownPaymentStatus,
            @Nullable String action) {
        return view(
                order.id(),
                status,
                paymentStatus,
                FulfilmentState.UNFULFILLED,
                order.customerId(),
                order.email(),
                order.currency(),
                order.lines(),
                order.totals(),
                order.shippingOption(),
                address,
                List.of(new OrderView.Payment(
                        payment.id(),
                        payment.method(),
                        payment.gateway(),
                        shownPaymentStatus,
                        payment.amount(),
                        action)),
                null,
                null,
                order.placedAt());
    }

    /** An order as it was when it was confirmed, whatever has become of it since. */
    OrderView asConfirmed(OrderStore.Row order, OrderStore.Step confirmed, List<OrderLine> lines, Payment payment) {
        return view(
                order.id(),
                confirmed.status(),
                confirmed.paymentStatus(),
                confirmed.fulfilmentStatus(),
                order.customerId(),
                order.email(),
                order.currency(),
                lines,
                order.totals(),
                order.shippingOption(),
                addressOf(order),
                List.of(new OrderView.Payment(
                        payment.id(),
                        payment.method(),
                        payment.gateway(),
                        paymentStatusAt(confirmed).code(),
                        payment.amount(),
                        null)),
                order.externalId(),
                order.externalCustomer(),
                order.placedAt());
    }

    private static PaymentStatus paymentStatusAt(OrderStore.Step confirmed) {
        return switch (confirmed.paymentStatus()) {
            case PAID -> PaymentStatus.CAPTURED;
            case AUTHORIZED -> PaymentStatus.AUTHORIZED;
            default -> PaymentStatus.OPEN;
        };
    }

    private @Nullable Address addressOf(OrderStore.Row order) {
        return order.shippingAddress() == null ? null : json.readValue(order.shippingAddress(), Address.class);
    }

    /** @param actionOf where the buyer must go to confirm a payment; null for nowhere */
    OrderView of(OrderStore.Row order, List<OrderLine> lines, List<Payment> payments, Actions actionOf) {
        return view(
                order.id(),
                order.status(),
                order.paymentStatus(),
                order.fulfilmentStatus(),
                order.customerId(),
                order.email(),
                order.currency(),
                lines,
                order.totals(),
                order.shippingOption(),
                addressOf(order),
                payments.stream()
                        .map(payment -> new OrderView.Payment(
                                payment.id(),
                                payment.method(),
                                payment.gateway(),
                                payment.status().code(),
                                payment.amount(),
                                actionOf.of(payment)))
                        .toList(),
                order.externalId(),
                order.externalCustomer(),
                order.placedAt());
    }

    /** Where the buyer must go to confirm a payment. */
    @FunctionalInterface
    interface Actions {
        @Nullable
        String of(Payment payment);
    }

    private OrderView view(
            long id,
            OrderStatus status,
            PaymentState paymentStatus,
            FulfilmentState fulfilmentStatus,
            @Nullable Long customerId,
            @Nullable String email,
            Currency currency,
            List<OrderLine> lines,
            Totals totals,
            @Nullable String shippingOption,
            @Nullable Address address,
            List<OrderView.Payment> payments,
            @Nullable String externalId,
            @Nullable String externalCustomer,
            Instant placedAt) {
        return new OrderView(
                id,
                numbers.numberOf(id),
                status,
                paymentStatus,
                fulfilmentStatus,
                customerId,
                email,
                currency.getCurrencyCode(),
                lines.stream()
                        .map(line -> new OrderView.Line(
                                line.sku(),
                                line.name(),
                                line.quantity(),
                                new Money(line.unitPrice(), currency),
                                new Money(line.total(), currency)))
                        .toList(),
                new Money(totals.subtotal(), currency),
                new Money(totals.discount(), currency),
                new Money(totals.shipping(), currency),
                new Money(totals.tax(), currency),
                new Money(totals.total(), currency),
                shippingOption,
                address,
                payments,
                externalId,
                externalCustomer,
                placedAt);
    }
}
