package kontor.payments;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Settles operations by what a gateway that cannot be asked has told. Its signed message is its word, so it counts only for
 * the operation that it names, with exactly its amount; the compare-and-set of settling makes of a repetition nothing.
 */
@Component
class ToldOutcomes {
    private final PaymentStore store;
    private final OperationStore operations;
    private final GatewayQuestions questions;
    private final OperationKeys keys;
    private final PaymentOutcomes outcomes;

    ToldOutcomes(
            PaymentStore store,
            OperationStore operations,
            GatewayQuestions questions,
            OperationKeys keys,
            PaymentOutcomes outcomes) {
        this.store = store;
        this.operations = operations;
        this.questions = questions;
        this.keys = keys;
        this.outcomes = outcomes;
    }

    /** What became of a message. */
    sealed interface Result {
        /** Everything it says is on record. */
        record Settled() implements Result {}

        /** It is about no operation of ours. */
        record Foreign() implements Result {}

        /** What it means is decided by another message that is still to come. */
        record Later() implements Result {}

        /**
         * What it says cannot be true as well: people have to look.
         *
         * @param operation the one that it is about, or that it names
         */
        record Contradiction(Operation operation, String note) implements Result {}
    }

    /** Whether the messages of this gateway are settled here. */
    boolean speaksFor(String gateway) {
        return !questions.gateway(gateway).answersLookUps();
    }

    /** The same event, with the payment that the operation it names belongs to. */
    WebhookEvent identified(String gateway, WebhookEvent event) {
        if (event.paymentId() != null) return event;
        return operationsNamed(gateway, event).stream()
                .findFirst()
                .map(known -> event.about(known.operation().paymentId()))
                .orElse(event);
    }

    /** @param event one that tells an outcome */
    Result settle(String gateway, WebhookEvent event) {
        var said = event.answer();
        if (said == null) return new Result.Foreign();
        if (said instanceof GatewayAnswer.Voided voided) return voided(gateway, event, voided);
        var beside = operationsNamed(gateway, event);
        if (beside.isEmpty()) return new Result.Foreign();
        var known = concerned(beside, event);
        if (known.isEmpty()) return neverAskedFor(beside, event);
        if (known.size() > 1)
            return new Result.Contradiction(
                    known.getFirst().operation(), "about any of " + known.size() + " operations of that amount");
        var operation = known.getFirst().operation();
        var answer = answerTo(operation, said);
        if (answer == null)
            return new Result.Contradiction(
                    operation, "no answer to a " + operation.kind().code());
        var amount = amountOf(event);
        if (amount != null && !amount.equals(operation.amount()))
            return new Result.Contradiction(
                    operation, "says " + amount + " where " + operation.amount() + " was asked for");
        if (!isOpen(known.getFirst())) return ended(gateway, known.getFirst(), answer);
        if (operation.kind() != event.concerns() && answer instanceof GatewayAnswer.Declined)
            return new Result.Contradiction(operation, "was not captured, and may be held");
        outcomes.settle(operation, answer, "gateway:" + gateway);
        // Another message may have settled it since it was read, and have said otherwise.
        var now = new OperationStore.Known(operation, operations.stateOf(operation));
        return isOpen(now) ? new Result.Settled() : ended(gateway, now, answer);
    }

    private Result neverAskedFor(List<OperationStore.Known> beside, WebhookEvent event) {
        var named = beside.stream()
                .filter(known -> isNamed(known, event))
                .findFirst()
                .orElseThrow();
        return new Result.Contradiction(
                named.operation(),
                "about an operation that was never asked for: %s of %s"
                        .formatted(event.type(), Objects.requireNonNullElse(amountOf(event), "no amount")));
    }

    /** What an answer means for an operation that is settled, be it by the same answer. */
    private Result ended(String gateway, OperationStore.Known known, GatewayAnswer answer) {
        var operation = known.operation();
        if (answer instanceof GatewayAnswer.Declined no)
            return known.state() == Operation.State.SUCCEEDED ? failed(gateway, operation, no) : new Result.Settled();
        return known.state() == Operation.State.SUCCEEDED ? new Result.Settled() : late(gateway, operation, answer);
    }

    /** After it had succeeded. What was paid back has come back then; of anything else people have to find out more. */
    private Result failed(String gateway, Operation operation, GatewayAnswer.Declined no) {
        if (operation.kind() != Operation.Kind.REFUND)
            return new Result.Contradiction(operation, "failed after it had succeeded");
        outcomes.refundCameBack(operation, no.code(), "gateway:" + gateway);
        return new Result.Settled();
    }

    /**
     * Nothing is held any more: because we asked for it, because somebody gave it up at the gateway, or because the hold has
     * expired. What has been captured stays.
     */
    private Result voided(String gateway, WebhookEvent event, GatewayAnswer.Voided said) {
        var held = store.paymentOf(gateway, identified(gateway, event).paymentId(), event.gatewayReference());
        if (held.isEmpty()) return new Result.Foreign();
        var payment = held.get();
        var authorization =
                operations.authorizationOf(payment.orderId(), payment.id()).orElseThrow();
        if (event.amount() != null && !event.amount().equals(payment.amount()))
            return new Result.Contradiction(
                    authorization, "says " + event.amount() + " where " + payment.amount() + " was asked for");
        var beside = operations.operationsBeside(gateway, payment.orderId(), authorization.id());
        if (beside.stream().anyMatch(ToldOutcomes::isGivenUp)) return new Result.Settled();
        var open = beside.stream()
                .filter(ToldOutcomes::isOpen)
                .map(OperationStore.Known::operation)
                .filter(operation -> operation.kind() != Operation.Kind.REFUND)
                .findFirst();
        if (open.isEmpty()) return gone(payment, authorization, event);
        var operation = open.get();
        // It may be carried out all the same, or not: a message of its own tells.
        if (operation.kind() == Operation.Kind.CAPTURE) return new Result.Later();
        if (operation.captures())
            return new Result.Contradiction(operation, "nothing is held of what was to be taken at once");
        outcomes.settle(operation, said, "gateway:" + gateway);
        // Another message may have settled it since it was read: granted, or not given up, what is not held any more.
        var now = operations.stateOf(operation);
        var saysOtherwise =
                now == (operation.kind() == Operation.Kind.VOID ? Operation.State.FAILED : Operation.State.SUCCEEDED);
        return saysOtherwise
                ? gone(store.find(payment.id(), null).orElseThrow(), authorization, event)
                : new Result.Settled();
    }

    private Result gone(Payment payment, Operation authorization, WebhookEvent event) {
        // The rest of what was captured in part expires, too; but nobody can call off what was captured.
        if (payment.status() == PaymentStatus.CAPTURED && event.concerns() != null)
            return new Result.Contradiction(authorization, "called off after it had been captured");
        if (payment.status() != PaymentStatus.AUTHORIZED) return new Result.Settled();
        outcomes.gone(payment, "gateway:" + payment.gateway());
        var now = store.find(payment.id(), null).orElseThrow();
        // A capture was begun in between: what becomes of it is waited for.
        return now.status() == PaymentStatus.AUTHORIZED ? new Result.Later() : new Result.Settled();
    }

    /** Money that was taken or is held for a payment that had ended is given back. */
    private Result late(String gateway, Operation operation, GatewayAnswer answer) {
        if (operation.kind() != Operation.Kind.AUTHORIZE)
            return new Result.Contradiction(operation, "succeeded after it had failed");
        var ended = store.paymentOf(gateway, operation.paymentId(), null).orElseThrow();
        outcomes.late(ended, answer, "gateway:" + gateway);
        return new Result.Settled();
    }

    /** The refund that a message says was not paid out, although the gateway had said that it was. */
    Optional<Operation> refusedAfterAll(String gateway, WebhookEvent event) {
        if (!event.refusesRefund() || event.operationKey() == null) return Optional.empty();
        return operationsNamed(gateway, event).stream()
                .filter(known -> known.state() == Operation.State.SUCCEEDED
                        && known.operation().kind() == Operation.Kind.REFUND
                        && isNamed(known, event))
                .map(OperationStore.Known::operation)
                .findFirst();
    }

    private List<OperationStore.Known> operationsNamed(String gateway, WebhookEvent event) {
        var key = event.operationKey();
        return (key == null ? Optional.<OperationKeys.Name>empty() : keys.nameIn(key))
                .map(name -> operations.operationsBeside(gateway, name.orderId(), name.operationId()))
                .orElse(List.of());
    }

    /**
     * The one that is named, if it is of the kind that the message tells of. Some messages carry the name of the authorization
     * instead, as do those about what was done on the gateway's own pages. What failed may be an old one as well, so it is
     * whichever has its amount.
     */
    private List<OperationStore.Known> concerned(List<OperationStore.Known> beside, WebhookEvent event) {
        var ofKind = beside.stream()
                .filter(known -> isOfKind(known.operation(), event.concerns()))
                .toList();
        var exact = ofKind.stream().filter(known -> isNamed(known, event)).toList();
        if (!exact.isEmpty()) return exact;
        if (event.answer() instanceof GatewayAnswer.Declined)
            return ofKind.stream()
                    .filter(known -> known.operation().amount().equals(event.amount()))
                    .toList();
        return carriedOut(ofKind, event.answer());
    }

    /**
     * What was carried out is what the gateway calls so, or else the payment's open operation, of which there is never more
     * than one. It is no other's repetition: money may have moved that nobody here knows of.
     */
    private static List<OperationStore.Known> carriedOut(
            List<OperationStore.Known> ofKind, @Nullable GatewayAnswer said) {
        if (!(said instanceof GatewayAnswer.Refunded(var reference, var _)))
            return ofKind.stream().filter(ToldOutcomes::isOpen).toList();
        var called = ofKind.stream()
                .filter(known -> reference.equals(known.operation().ownReference()))
                .toList();
        if (!called.isEmpty()) return called;
        return ofKind.stream()
                .filter(known -> isOpen(known) && known.operation().ownReference() == null)
                .toList();
    }

    private boolean isNamed(OperationStore.Known known, WebhookEvent event) {
        var key = event.operationKey();
        return key != null
                && keys.nameIn(key)
                        .filter(name -> name.operationId() == known.operation().id())
                        .isPresent();
    }

    /** What is taken at once is captured by its authorization. */
    private static boolean isOfKind(Operation operation, Operation.@Nullable Kind kind) {
        var takes = operation.kind() == Operation.Kind.AUTHORIZE && operation.captures();
        return operation.kind() == kind || (takes && kind == Operation.Kind.CAPTURE);
    }

    private static boolean isGivenUp(OperationStore.Known known) {
        return known.operation().kind() == Operation.Kind.VOID && known.state() == Operation.State.SUCCEEDED;
    }

    private static boolean isOpen(OperationStore.Known known) {
        return known.state() != Operation.State.SUCCEEDED && known.state() != Operation.State.FAILED;
    }

    /**
     * @param said anything but voided, which is about the payment as a whole
     * @return {@code null} when it is none to this kind of operation
     */
    private static @Nullable GatewayAnswer answerTo(Operation operation, GatewayAnswer said) {
        if (said instanceof GatewayAnswer.Declined) return said;
        return switch (operation.kind()) {
            // Granted is all that is said of an authorization; one that was to take the money at once has then taken
            // it.
            case AUTHORIZE ->
                said instanceof GatewayAnswer.Authorized(var reference, var amount)
                        ? operation.captures() ? new GatewayAnswer.Captured(reference, amount) : said
                        : said instanceof GatewayAnswer.Captured && operation.captures() ? said : null;
            case CAPTURE -> said instanceof GatewayAnswer.Captured ? said : null;
            case VOID -> null;
            case REFUND -> said instanceof GatewayAnswer.Refunded ? said : null;
        };
    }

    private static @Nullable Money amountOf(WebhookEvent event) {
        return switch (event.answer()) {
            case null -> null;
            case GatewayAnswer.Authorized(var reference, var amount) -> amount;
            case GatewayAnswer.Captured(var reference, var amount) -> amount;
            case GatewayAnswer.Refunded(var reference, var amount) -> amount;
            default -> event.amount();
        };
    }
}
