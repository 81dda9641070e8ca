package kontor.payments;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
    private final InboundEventArchive archive;
    private final InboxCounts counts;
    private final WorkItems work;
    private final ToldOutcomes told;

    InboundEvents(
            Lanes<Arrival, Standing> lane,
            InboundEventStore events,
            PaymentStore store,
            Payments payments,
            PaymentOutcomes outcomes,
            InboundEventArchive archive,
            InboxCounts counts,
            WorkItems work,
            ToldOutcomes told) {
        this.lane = lane;
        this.events = events;
        this.store = store;
        this.payments = payments;
        this.outcomes = outcomes;
        this.archive = archive;
        this.counts = counts;
        this.work = work;
        this.told = told;
    }

    /**
     * Keeps a verified message and acts on it, unless the gateway is being asked about the same payment and its answer is
     * under way: that is given a moment to come. Once this has stored it, a failure only delays.
     */
    void receive(String gateway, WebhookEvent event, byte[] body) {
        var kept = CardNumbers.masked(body);
        if (!Arrays.equals(kept, body))
            log.warn("Event {} of {} held a card number, which is kept masked", event.id(), gateway);
        var isWord = told.speaksFor(gateway);
        var standing =
                lane.submit(new Arrival(gateway, isWord ? told.identified(gateway, event) : event, kept, isWord));
        counts.count(gateway, event.type(), stateOf(standing, event));
        switch (standing) {
            case FOREIGN -> warnOfForeign(gateway, event);
            case OPEN -> tryToAct(gateway, event);
            case REPEATED -> compareWithFirst(gateway, event, kept);
            case DONE, ANSWER_UNDER_WAY -> {}
        }
    }

    private static String stateOf(Standing standing, WebhookEvent event) {
        return switch (standing) {
            case REPEATED -> "repeated";
            case DONE -> event.tells() ? "processed" : "ignored";
            case FOREIGN -> "quarantined";
            case ANSWER_UNDER_WAY, OPEN -> "received";
        };
    }

    /** A message that is sent again may be written anew, in other bytes; but it must not say anything else. */
    private void compareWithFirst(String gateway, WebhookEvent event, byte[] body) {
        try {
            var first = archive.otherBody(gateway, event.id(), body);
            if (first.isEmpty()) return;
            var reader = payments.gateway(gateway);
            if (reader.readStored(first.get()).equals(reader.readStored(body))) return;
            archive.countConflict(gateway, event.id());
            counts.count(gateway, event.type(), "conflicting");
            log.error("Event {} of {} came again and says something else: the first one counts", event.id(), gateway);
        } catch (RuntimeException e) {
            log.warn("Event {} of {} came again and could not be compared", event.id(), gateway, e);
        }
    }

    /** Acts on a kept message again, whatever came of it before; acting only compares and sets, so nothing happens twice. */
    void replay(String gateway, String eventId, String actor) {
        archive.putBack(gateway, eventId, actor).ifPresent(waiting -> {
            log.info("{} has event {} of {} acted on again", actor, eventId, gateway);
            actAgain(waiting);
        });
    }

    private void tryToAct(String gateway, WebhookEvent event) {
        try {
            act(gateway, event);
        } catch (RuntimeException e) {
            log.warn("Event {} of {} could not be acted on yet", event.id(), gateway, e);
        }
    }

    private void act(String gateway, WebhookEvent event) {
        if (!event.tells()) {
            events.done(gateway, event.id(), "ignored", "nothing here follows from events of this type");
            return;
        }
        if (event.dispute() == null && told.speaksFor(gateway)) {
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
        if (event.dispute() != null) {
            outcomes.disputed(payment.get(), event.dispute(), "gateway:" + gateway);
            events.done(gateway, event.id(), "processed", null);
            return;
        }
        var refused = operation.isEmpty() ? told.refusedAfterAll(gateway, event) : Optional.<Operation>empty();
        if (refused.isPresent()) {
            work.open(
                    WorkItems.Kind.REFUND_FAILED,
                    WorkItems.Subject.of(refused.get()),
                    "event %s of %s: not paid out after all, and booked as refunded".formatted(event.id(), gateway));
            events.done(gateway, event.id(), "processed", "a refund was not paid out after all");
            return;
        }
        if (operation.isEmpty() && isGivenUpThere(payment.get(), event)) {
            var found = payments.foundNow(payment.get(), event);
            if (found instanceof GatewayAnswer.NoAnswer || found instanceof GatewayAnswer.NotFound) return;
            if (found instanceof GatewayAnswer.Voided) outcomes.gone(payment.get(), "gateway:" + gateway);
            events.done(gateway, event.id(), "processed", null);
            return;
        }
        if (operation.isEmpty() && isTakenFromAnEnded(payment.get(), event)) {
            var found = payments.foundNow(payment.get(), event);
            if (found instanceof GatewayAnswer.NoAnswer no && no.isStrange()) {
                var says = "event %s says that money was taken, and the gateway does not: %s"
                        .formatted(event.id(), no.reason());
                work.open(WorkItems.Kind.UNEXPECTED_STATE, WorkItems.Subject.of(payment.get()), says);
                events.done(gateway, event.id(), "quarantined", "the gateway does not confirm it");
                return;
            }
            if (found instanceof GatewayAnswer.NoAnswer || found instanceof GatewayAnswer.NotFound) return;
            outcomes.late(payment.get(), found, "gateway:" + gateway);
            events.done(gateway, event.id(), "processed", "money for a payment that had ended");
            return;
        }
        if (operation.isPresent()) {
            // The message may know the payment's name at the gateway before we do: our own answer may have been lost.
            var named = operation.get().reference() == null && event.gatewayReference() != null
                    ? operation.get().named(event.gatewayReference())
                    : operation.get();
            var answer = payments.resolve(named);
            if (answer instanceof GatewayAnswer.NoAnswer none && !none.wasSent()) return; // nobody has been asked yet
            outcomes.settle(named, answer, "gateway:" + gateway);
            // The gateway will not say it again: the message stays until its payment is known.
            if (answer instanceof GatewayAnswer.NoAnswer || answer instanceof GatewayAnswer.NotFound) return;
        }
        events.done(gateway, event.id(), "processed", null);
    }

    private void settleAsTold(String gateway, WebhookEvent event) {
        switch (told.settle(gateway, event)) {
            case ToldOutcomes.Result.Settled() -> events.done(gateway, event.id(), "processed", null);
            case ToldOutcomes.Result.Later() -> {} // it stays, and is looked at again
            case ToldOutcomes.Result.Foreign() -> {
                events.done(gateway, event.id(), "quarantined", "no payment of ours");
                warnOfForeign(gateway, event);
            }
            case ToldOutcomes.Result.Contradiction(var operation, var note) -> {
                work.open(
                        operation.kind() == Operation.Kind.REFUND
                                ? WorkItems.Kind.REFUND_FAILED
                                : WorkItems.Kind.UNEXPECTED_STATE,
                        WorkItems.Subject.of(operation),
                        "event %s of %s: %s".formatted(event.id(), gateway, note));
                events.done(gateway, event.id(), "quarantined", note);
            }
        }
    }

    private static boolean isTakenFromAnEnded(Payment payment, WebhookEvent event) {
        return (event.answer() instanceof GatewayAnswer.Captured || event.answer() instanceof GatewayAnswer.Authorized)
                && (payment.status() == PaymentStatus.FAILED || payment.status() == PaymentStatus.VOIDED);
    }

    private static boolean isGivenUpThere(Payment payment, WebhookEvent event) {
        return event.answer() instanceof GatewayAnswer.Voided && payment.status() == PaymentStatus.AUTHORIZED;
    }

    /** One item for each gateway: whoever else uses the same account there may do so all day. */
    private void warnOfForeign(String gateway, WebhookEvent event) {
        log.warn("Event {} of {} is about a payment that is not ours", event.id(), gateway);
        work.open(
                WorkItems.Kind.FOREIGN_EVENT,
                WorkItems.Subject.of("gateway " + gateway),
                "event %s (%s) is about a payment that is not ours".formatted(event.id(), event.type()));
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
