package kontor.reconciliation;

import kontor.payments.GatewayAnswer;
import kontor.payments.GatewayBooks;
import kontor.reconciliation.LineStore.Unowned;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Gives back what gateways took for orders of this installation that are not here any more. */
@Component
class UnownedMoney {
    private static final Logger log = LoggerFactory.getLogger(UnownedMoney.class);

    private final LineStore store;
    private final GatewayBooks gateways;

    UnownedMoney(LineStore store, GatewayBooks gateways) {
        this.store = store;
        this.gateways = gateways;
    }

    /** Each once: its key is written down before the gateway is asked, and is the same at every try. @return false when there is none */
    boolean giveBack() {
        var unowned = store.unowned();
        unowned.forEach(this::giveBack);
        return !unowned.isEmpty();
    }

    private void giveBack(Unowned money) {
        var key = money.key();
        if (key == null) {
            key = gateways.keyOfReturn(money.lineId());
            store.putRefundKey(money.line(), key);
        }
        switch (gateways.giveBack(money.gateway(), key, money.paymentReference(), money.left())) {
            case GatewayAnswer.Refunded(var reference, var amount) ->
                log.warn("{} of {} given back as {}", amount, money.paymentReference(), reference);
            case GatewayAnswer other ->
                log.error("{} of {} could not be given back: {}", money.left(), money.paymentReference(), other);
        }
    }
}
