package kontor.payments;

import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What follows from a message of a gateway. It compares and sets only, so that a message may be acted on again; one that
 * cannot be acted on yet is left as it is.
 */
@Component
class ActingOnEvents {
    private static final Logger log = LoggerFactory.getLogger(ActingOnEvents.class);

    private final InboundEventStore events;
    private final PaymentStore store;
    private final OperationStore operations;
    private final GatewayQuestions questions;
    private final PaymentOutcomes outcomes;
    private final WorkItems work;
    private final ToldOutcomes told;

    ActingOnEvents(
            InboundEventStore events,
            PaymentStore store,
            OperationStore operations,
            GatewayQuestions questions,
            PaymentOutcomes outcomes,
            WorkItems work,
            ToldOutcomes told) {
        this.events = events;
        this.store = store;
        this.operations = operations;
        this.questions = questions;
        this.outcomes = outcomes;
        this.work = work;
        this.told = told;
    }

    void act(String gateway, WebhookEvent event) {
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
        } else act(payment.get(), gateway, event);
    }

    private void act(Payment payment, String gateway, WebhookEvent event) {
        if (event.dispute() != null) {
            outcomes.disputed(payment, event.dispute(), "gateway:" + gateway);
            events.done(gateway, event.id(), "processed", null);
            return;
        }
        var refused = told.refusedAfterAll(gateway, event);
        if (refused.isPresent()) {
            refuse(gateway, refused.get(), event);
            return;
        }
        var open = operations.openOperation(payment.orderId(), payment.id());
        if (open.isPresent() && !isSettled(open.get(), gateway, event)) return;
        // Meanwhile another answer may have said that it was paid out.
        var refusedNow = told.refusedAfterAll(gateway, event);
        var stands = store.paymentOf(gateway, payment.id(), null).orElseThrow();
        if (refusedNow.isPresent()) refuse(gateway, refusedNow.get(), event);
        else if (isGivenUpThere(stands, event)) giveUp(stands, gateway, event);
        else if (isTakenFromAnEnded(stands, event)) giveBack(stands, gateway, event);
        else events.done(gateway, event.id(), "processed", null);
    }

    /** The gateway will not say it again, so the message stays until the question is settled that it may be about. */
    private boolean isSettled(Operation open, String gateway, WebhookEvent event) {
        // The message may know the payment's name at the gateway before we do: our own answer may have been lost.
        var named = open.reference() == null && event.gatewayReference() != null
                ? open.named(event.gatewayReference())
                : open;
        var answer = questions.resolve(named);
        if (answer instanceof GatewayAnswer.NoAnswer none && !none.wasSent()) return false; // nobody has been asked yet
        outcomes.settle(named, answer, "gateway:" + gateway);
        return !(answer instanceof GatewayAnswer.NoAnswer || answer instanceof GatewayAnswer.NotFound);
    }

    /** The gateway holds nothing any more, if that is still what it says. */
    private void giveUp(Payment held, String gateway, WebhookEvent event) {
        var found = questions.foundNow(held, event);
        if (found instanceof GatewayAnswer.NoAnswer || found instanceof GatewayAnswer.NotFound) return;
        if (found instanceof GatewayAnswer.Voided) outcomes.gone(held, "gateway:" + gateway);
        events.done(gateway, event.id(), "processed", null);
    }

    private void giveBack(Payment ended, String gateway, WebhookEvent event) {
        var found = questions.foundNow(ended, event);
        if (found instanceof GatewayAnswer.NoAnswer no && no.isStrange()) {
            var says = "event %s says that money was taken, and the gateway does not: %s"
                    .formatted(event.id(), no.reason());
            work.open(WorkItems.Kind.UNEXPECTED_STATE, WorkItems.Subject.of(ended), says);
            events.done(gateway, event.id(), "quarantined", "the gateway does not confirm it");
            return;
        }
        if (found instanceof GatewayAnswer.NoAnswer || found instanceof GatewayAnswer.NotFound) return;
        outcomes.late(ended, found, "gateway:" + gateway);
        events.done(gateway, event.id(), "processed", "money for a payment that had ended");
    }

    /** A refund that had been paid out came back, if that is still what the gateway says. */
    private void refuse(String gateway, Operation refund, WebhookEvent event) {
        var said = Objects.requireNonNull(event.answer(), "an event that says that a refund failed");
        switch (questions.foundNow(refund, said)) {
            case GatewayAnswer.Declined no -> {
                outcomes.refundCameBack(refund, no.code(), "gateway:" + gateway);
                events.done(gateway, event.id(), "processed", "a refund came back");
            }
            case GatewayAnswer.NoAnswer _, GatewayAnswer.NotFound _ -> {} // asked again later
            case GatewayAnswer other ->
                events.done(gateway, event.id(), "processed", "the gateway does not confirm it: " + other);
        }
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
    void warnOfForeign(String gateway, WebhookEvent event) {
        log.warn("Event {} of {} is about a payment that is not ours", event.id(), gateway);
        work.open(
                WorkItems.Kind.FOREIGN_EVENT,
                WorkItems.Subject.of("gateway " + gateway),
                "event %s (%s) is about a payment that is not ours".formatted(event.id(), event.type()));
    }
}
