package kontor.payments;

import java.util.List;
import java.util.concurrent.Executors;
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
    private static final int AT_ONCE = 16;

    private final Lanes<Arrival, Standing> lane;
    private final InboundEventStore events;
    private final PaymentStore store;
    private final Payments payments;
    private final PaymentOutcomes outcomes;
    private final ToldOutcomes told;

    InboundEvents(
            Lanes<Arrival, Standing> lane,
            InboundEventStore events,
            PaymentStore store,
            Payments payments,
            PaymentOutcomes outcomes,
            ToldOutcomes told) {
        this.lane = lane;
        this.events = events;
        this.store = store;
        this.payments = payments;
        this.outcomes = outcomes;
        this.told = told;
    }

    /**
     * Keeps a verified message and acts on it, unless the gateway is being asked about the same payment and its answer is
     * under way: that is given a moment to come. Once this has stored it, a failure only delays.
     */
    void receive(String gateway, WebhookEvent event, byte[] body) {
        var isWord = told.speaksFor(gateway);
        var standing =
                lane.submit(new Arrival(gateway, isWord ? told.identified(gateway, event) : event, body, isWord));
        switch (standing) {
            case FOREIGN -> warnOfForeign(gateway, event);
            case TOO_LATE -> warnOfTaken(gateway, event);
            case OPEN -> tryToAct(gateway, event);
            case REPEATED, DONE, ANSWER_UNDER_WAY -> {}
        }
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
        if (told.speaksFor(gateway)) {
            settleAsTold(gateway, event);
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
        if (operation.isEmpty() && isTakenFromAnEnded(payment.get(), event)) {
            events.done(gateway, event.id(), "quarantined", InboundEventStore.TOO_LATE);
            warnOfTaken(gateway, event);
            return;
        }
        if (operation.isPresent()) {
            // The message may know the payment's name at the gateway before we do: our own answer may have been lost.
            var named = operation.get().reference() == null && event.gatewayReference() != null
                    ? operation.get().named(event.gatewayReference())
                    : operation.get();
            var answer = payments.resolve(named);
            outcomes.settle(named, answer, "gateway:" + gateway);
            // The gateway will not say it again: the message stays until its payment is known.
            if (answer instanceof GatewayAnswer.NoAnswer || answer instanceof GatewayAnswer.NotFound) return;
        }
        events.done(gateway, event.id(), "processed", null);
    }

    private void settleAsTold(String gateway, WebhookEvent event) {
        switch (told.settle(gateway, event)) {
            case ToldOutcomes.Result.Settled() -> events.done(gateway, event.id(), "processed", null);
            case ToldOutcomes.Result.Foreign() -> {
                events.done(gateway, event.id(), "quarantined", "no payment of ours");
                warnOfForeign(gateway, event);
            }
            case ToldOutcomes.Result.Contradiction(var note) -> {
                events.done(gateway, event.id(), "quarantined", note);
                log.error(
                        "Event {} of {} contradicts what is known of payment {}: {}",
                        event.id(),
                        gateway,
                        event.gatewayReference(),
                        note);
            }
        }
    }

    private static boolean isTakenFromAnEnded(Payment payment, WebhookEvent event) {
        return event.answer() instanceof GatewayAnswer.Captured
                && (payment.status() == PaymentStatus.FAILED || payment.status() == PaymentStatus.VOIDED);
    }

    private static void warnOfTaken(String gateway, WebhookEvent event) {
        log.error(
                "Event {} of {} says that money was taken for payment {}, which has ended: give it back",
                event.id(),
                gateway,
                event.gatewayReference());
    }

    private static void warnOfForeign(String gateway, WebhookEvent event) {
        log.warn("Event {} of {} is about a payment that is not ours", event.id(), gateway);
    }

    /** Ends what waited for an answer under way. */
    @Scheduled(fixedDelayString = "${kontor.payments.inbox-interval:1s}")
    void finishAnswered() {
        events.finishAnswered(
                payments.gatewayNames().stream().filter(told::speaksFor).toList());
    }

    /** Acts on what a crash, a failure or a silent gateway left behind. */
    @Scheduled(fixedDelayString = "${kontor.payments.inbox-interval:1s}")
    void actOnWaiting() {
        List<InboundEventStore.Waiting> due;
        do {
            due = events.takeDue(SECONDS_BEFORE_NEXT_TRY, AT_ONCE);
            try (var threads = Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("inbox-", 1).factory())) {
                for (var waiting : due) threads.execute(() -> actAgain(waiting));
            }
        } while (due.size() == AT_ONCE);
    }

    private void actAgain(InboundEventStore.Waiting waiting) {
        try {
            payments.gateway(waiting.gateway())
                    .readStored(waiting.body())
                    .ifPresent(event -> act(waiting.gateway(), event));
        } catch (RuntimeException e) {
            log.warn("Event {} of {} could not be acted on yet", waiting.eventId(), waiting.gateway(), e);
        }
    }
}
