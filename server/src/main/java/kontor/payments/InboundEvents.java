package kontor.payments;

import kontor.batching.Lanes;
import kontor.payments.InboundEventStore.Arrival;
import kontor.payments.InboundEventStore.Standing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * What gateways tell us on their own. A message is stored first and acted on afterwards; it is a hint and no more: the
 * gateway is asked what is true now, so messages may come twice, late and in any order.
 */
@Component
class InboundEvents {
    private static final Logger log = LoggerFactory.getLogger(InboundEvents.class);
    private static final int SECONDS_BEFORE_NEXT_TRY = 10;
    private static final int AT_ONCE = 100;

    private final Lanes<Arrival, Standing> lane;
    private final InboundEventStore events;
    private final PaymentStore store;
    private final Payments payments;
    private final PaymentOutcomes outcomes;

    InboundEvents(
            Lanes<Arrival, Standing> lane,
            InboundEventStore events,
            PaymentStore store,
            Payments payments,
            PaymentOutcomes outcomes) {
        this.lane = lane;
        this.events = events;
        this.store = store;
        this.payments = payments;
        this.outcomes = outcomes;
    }

    /**
     * Keeps a verified message and acts on it, unless the gateway is being asked about the same payment and its answer is
     * under way: that is given a moment to come. Once this has stored it, a failure only delays.
     */
    void receive(String gateway, WebhookEvent event, byte[] body) {
        var standing = lane.submit(new Arrival(gateway, event, body));
        if (standing == Standing.QUARANTINED) warnOfForeign(gateway, event);
        if (standing == Standing.OPEN) tryToAct(gateway, event);
    }

    private void tryToAct(String gateway, WebhookEvent event) {
        try {
            act(gateway, event);
        } catch (RuntimeException e) {
            log.warn("Event {} of {} could not be acted on yet", event.id(), gateway, e);
        }
    }

    private void act(String gateway, WebhookEvent event) {
        if (event.answer() == null) {
            events.done(gateway, event.id(), "ignored", "nothing here follows from events of this type");
            return;
        }
        var payment = store.paymentOf(gateway, event.paymentId(), event.gatewayReference());
        if (payment.isEmpty()) {
            events.done(gateway, event.id(), "quarantined", "no payment of ours");
            warnOfForeign(gateway, event);
            return;
        }
        var operation =
                store.openOperation(payment.get().orderId(), payment.get().id());
        if (operation.isPresent()) {
            // The message may know the payment's name at the gateway before we do: our own answer may have been lost.
            var named = operation.get().reference() == null && event.gatewayReference() != null
                    ? operation.get().named(event.gatewayReference())
                    : operation.get();
            outcomes.settle(named, payments.resolve(named), "gateway:" + gateway);
        }
        events.done(gateway, event.id(), "processed", null);
    }

    private static void warnOfForeign(String gateway, WebhookEvent event) {
        log.warn("Event {} of {} is about a payment that is not ours", event.id(), gateway);
    }

    /** Acts on what waited for an answer under way, and on what a crash or a failure left behind. */
    @Scheduled(fixedDelayString = "${kontor.payments.inbox-interval:1s}")
    void actOnWaiting() {
        events.finishAnswered();
        for (var waiting : events.takeDue(SECONDS_BEFORE_NEXT_TRY, AT_ONCE)) {
            try {
                payments.gateway(waiting.gateway())
                        .readStored(waiting.body())
                        .ifPresent(event -> act(waiting.gateway(), event));
            } catch (RuntimeException e) {
                log.warn("Event {} of {} could not be acted on yet", waiting.eventId(), waiting.gateway(), e);
            }
        }
    }
}
