package kontor.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import kontor.simulator.AdyenPayment.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Disputes in Adyen's form. The bank announces a chargeback and takes the money; the shop's defense gives it back, and a
 * second chargeback takes it for good. Each step is told under the dispute's own name. What is away cannot be refunded.
 */
final class AdyenDisputes {
    static final List<String> EVENTS =
            Arrays.stream(Stage.values()).map(Stage::name).toList();
    private static final Set<String> PARAMETERS = Set.of("payment", "event", "amount");

    private final AdyenBank bank;

    AdyenDisputes(AdyenBank bank) {
        this.bank = bank;
    }

    /**
     * {@code payment} and {@code event}, and {@code amount} where the first one is not about all that is left.
     *
     * @throws IllegalArgumentException when that cannot come next
     */
    AdyenBank.Outcome move(Form form) {
        form.allowOnly(PARAMETERS);
        var payment = bank.payment(Parameters.required(form.text("payment"), "payment"));
        var event = Parameters.required(form.text("event"), "event");
        if (!EVENTS.contains(event)) throw new IllegalArgumentException("event is one of " + String.join(", ", EVENTS));
        return move(payment, Stage.valueOf(event), form.amount("amount"));
    }

    private AdyenBank.Outcome move(AdyenPayment payment, Stage stage, @Nullable Long wanted) {
        synchronized (payment) {
            if (!stage.follows(payment.stage))
                throw new IllegalArgumentException(stage + " cannot follow " + payment.stage + ".");
            if (Stage.NOTIFICATION_OF_CHARGEBACK.follows(payment.stage)) open(payment, wanted);
            else if (wanted != null) throw new IllegalArgumentException("The amount is known already.");
            if (stage.takes() && payment.left() < payment.disputed)
                throw new IllegalArgumentException("The payment has not so much left.");
            payment.stage = stage;
            var draft = bank.byTheBank(payment);
            if (stage.takes()) draft.effect("disputed", payment.disputed, null, null);
            if (stage == Stage.CHARGEBACK_REVERSED) draft.effect("reinstated", payment.disputed, null, null);
            draft.tell(stage.name(), payment.dispute, payment.reference, payment.disputed, "");
            return draft.record(200, json(payment, stage));
        }
    }

    private static void open(AdyenPayment payment, @Nullable Long wanted) {
        var left = payment.left();
        var amount = wanted == null ? left : wanted;
        if (amount < 1 || amount > left)
            throw new IllegalArgumentException("Between 1 and " + left + " of this payment can be disputed.");
        payment.dispute = AdyenBank.name();
        payment.disputed = amount;
    }

    private static byte[] json(AdyenPayment payment, Stage stage) {
        return Json.object(json -> {
            json.writeStringProperty("id", payment.dispute);
            json.writeStringProperty("payment", payment.pspReference);
            json.writeNumberProperty("amount", payment.disputed);
            json.writeStringProperty("currency", payment.currency);
            json.writeStringProperty("event", stage.name());
        });
    }
}
