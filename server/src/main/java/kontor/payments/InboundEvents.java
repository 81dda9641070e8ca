package kontor.payments;

import java.time.Duration;
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
    private static final int SECONDS_BEFORE_SECOND_TRY = 10;
    private static final int AT_ONCE = 100;
    private static final Duration FOR_THE_ANSWER = Duration.ofSeconds(1);

    private final InboundEventStore events;
    private final PaymentStore store;
    private final Payments payments;
    private final PaymentOutcomes outcomes;

    InboundEvents(InboundEventStore events, PaymentStore store, Payments payments, PaymentOutcomes outcomes) {
        this.events = events;
        this.store = store;
        this.payments = payments;
        this.outcomes = outcomes;
    }

    /**
     * Keeps a verified message and acts on it: at once, or a moment later when the gateway is being asked about the same
     * payment and its answer is under way. Once this has stored it, a failure only delays.
     */
    void receive(String gateway, WebhookEvent event, byte[] body) {
        if (!events.insert(gateway, event, body)) return;
        if (tryToAct(gateway, event, true)) return;
        Thread.ofVirtual().name("inbox").start(() -> {
            try {
                Thread.sleep(FOR_THE_ANSWER);
                tryToAct(gateway, event, false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // it is stored: the regular look will find it
            }
        });
    }

    /** @return false when an answer is worth waiting for */
    private boolean tryToAct(String gateway, WebhookEvent event, boolean patient) {
        try {
            return act(gateway, event, patient);
        } catch (RuntimeException e) {
            log.warn("Event {} of {} could not be acted on yet", event.id(), gateway, e);
            return true;
        }
    }

    /** @return false when nothing was done, because {@code patient} and the answer to the same question is under way */
    private boolean act(String gateway, WebhookEvent event, boolean patient) {
        if (event.answer() == null) {
            events.done(gateway, event.id(), "ignored", "nothing here follows from events of this type");
            return true;
        }
        var payment = store.paymentOf(gateway, event.paymentId(), event.gatewayReference());
        if (payment.isEmpty()) {
            events.done(gateway, event.id(), "quarantined", "no payment of ours");
            log.warn("Event {} of {} is about a payment that is not ours", event.id(), gateway);
            return true;
        }
        var operation =
                store.openOperation(payment.get().orderId(), payment.get().id());
        if (operation.isPresent()) {
            if (patient && store.isBeingAsked(operation.get())) return false;
            // The message may know the payment's name at the gateway before we do: our own answer may have been lost.
            var named = operation.get().reference() == null && event.gatewayReference() != null
                    ? operation.get().named(event.gatewayReference())
                    : operation.get();
            outcomes.settle(named, payments.resolve(named), "gateway:" + gateway);
        }
        events.done(gateway, event.id(), "processed", null);
        return true;
    }

    /** Acts on what a crash or a failure left behind. */
    @Scheduled(fixedDelayString = "${kontor.payments.inbox-interval:5s}")
    void actOnWaiting() {
        for (var waiting : events.waiting(SECONDS_BEFORE_SECOND_TRY, AT_ONCE)) {
            try {
                payments.gateway(waiting.gateway())
                        .readStored(waiting.body())
                        .ifPresent(event -> act(waiting.gateway(), event, false));
            } catch (RuntimeException e) {
                log.warn("Event {} of {} could not be acted on yet", waiting.eventId(), waiting.gateway(), e);
            }
        }
    }
}
