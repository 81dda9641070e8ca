package kontor.orders;

import java.util.List;
import java.util.Locale;
import kontor.payments.Payment;
import kontor.payments.PaymentStatus;

/** How far an order is paid. */
public enum PaymentState {
    OPEN,
    AUTHORIZED,
    /** A part is taken; the rest is held, or still due on the invoice. */
    PARTIALLY_PAID,
    PAID,
    PARTIALLY_REFUNDED,
    REFUNDED,
    FAILED,
    VOIDED;

    private final String code = name().toLowerCase(Locale.ROOT);

    public String code() {
        return code;
    }

    /** How far an order is paid that has these payments; what came too late pays for nothing. */
    static PaymentState of(List<Payment> payments) {
        var counted =
                payments.stream().filter(payment -> !payment.balance().late()).toList();
        var captured = counted.stream().mapToLong(Payment::captured).sum();
        var refunded = counted.stream()
                .mapToLong(payment -> payment.balance().refunded())
                .sum();
        var held = counted.stream().anyMatch(payment -> payment.status() == PaymentStatus.AUTHORIZED);
        var due = counted.stream().anyMatch(payment -> payment.isInvoice() && payment.status() == PaymentStatus.OPEN);
        if (captured > refunded) {
            if (refunded > 0) return PARTIALLY_REFUNDED;
            return held || due ? PARTIALLY_PAID : PAID;
        }
        if (held) return AUTHORIZED;
        if (due) return OPEN;
        if (captured > 0) return REFUNDED;
        return counted.stream().anyMatch(payment -> payment.status() == PaymentStatus.VOIDED) ? VOIDED : FAILED;
    }

    public static PaymentState ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
