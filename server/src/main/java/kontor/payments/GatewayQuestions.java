package kontor.payments;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Puts operations to their gateways, and finds out what became of those that were put before. */
@Component
class GatewayQuestions {
    private static final Duration LONGEST_LAG_OF_A_SEARCH = Duration.ofDays(1);

    private final OperationStore operations;
    private final OperationKeys keys;
    private final Map<String, PaymentGateway> gateways;
    private final Map<String, PaymentGateway> resolving;

    GatewayQuestions(
            OperationStore operations,
            OperationKeys keys,
            ObjectProvider<PaymentGateway> gateways,
            GatewayGuards guards,
            MeterRegistry metrics) {
        this.operations = operations;
        this.keys = keys;
        // Only what is sent is timed and counted, so the guard stands outside.
        var timed = gateways.stream()
                .map(gateway -> new TimedGateway(gateway, metrics))
                .toList();
        this.gateways = timed.stream().collect(Collectors.toMap(PaymentGateway::name, guards::forBuyers));
        this.resolving = timed.stream().collect(Collectors.toMap(PaymentGateway::name, guards::forRecovery));
    }

    Set<String> gatewayNames() {
        return gateways.keySet();
    }

    /**
     * Asks the gateway, waiting at most its patience. The operation must be committed, and no transaction open.
     *
     * @throws IllegalStateException inside a transaction: a slow gateway would hold locks and a connection
     */
    GatewayAnswer ask(Operation operation) {
        return ask(operation, gateways.get(operation.gateway()));
    }

    private GatewayAnswer ask(Operation operation, @Nullable PaymentGateway gateway) {
        if (TransactionSynchronizationManager.isActualTransactionActive())
            throw new IllegalStateException("a gateway must not be asked inside a transaction");
        if (gateway == null)
            return new GatewayAnswer.NoAnswer("the gateway " + operation.gateway() + " is not configured");
        return switch (operation.kind()) {
            case AUTHORIZE -> ofItsAmount(operation, gateway.authorize(authorization(operation)));
            case CAPTURE -> ofItsAmount(operation, gateway.capture(captureOf(operation)));
            case VOID -> gateway.cancel(keys.of(operation), referenceOf(operation));
            case REFUND ->
                ofItsAmount(operation, gateway.refund(keys.of(operation), referenceOf(operation), operation.amount()));
        };
    }

    /**
     * An answer about another amount, or to another question, is none, whatever gateway it comes from: nobody is told that
     * it was paid.
     */
    private static GatewayAnswer ofItsAmount(Operation operation, GatewayAnswer answer) {
        if (answersAnother(operation.kind(), answer))
            return GatewayAnswer.NoAnswer.strange(
                    "no answer to a " + operation.kind().code() + ": " + answer);
        var moved = switch (answer) {
            case GatewayAnswer.Captured(var _, var taken) -> taken;
            case GatewayAnswer.Refunded(var _, var back) -> back;
            default -> operation.amount();
        };
        return moved.equals(operation.amount())
                ? answer
                : GatewayAnswer.NoAnswer.strange("it is about " + moved + " and not " + operation.amount());
    }

    private static boolean answersAnother(Operation.Kind kind, GatewayAnswer answer) {
        return switch (answer) {
            case GatewayAnswer.Refunded _ -> kind != Operation.Kind.REFUND;
            case GatewayAnswer.Captured _,
                    GatewayAnswer.Authorized _,
                    GatewayAnswer.Voided _,
                    GatewayAnswer.RequiresAction _ -> kind == Operation.Kind.REFUND;
            case GatewayAnswer.Declined _,
                    GatewayAnswer.Pending _,
                    GatewayAnswer.NoAnswer _,
                    GatewayAnswer.NotFound _ -> false;
        };
    }

    /**
     * Finds out what became of an operation that has no answer yet. A gateway that knows nothing of it is asked again
     * under the same key while it is sure to remember keys: only then is "not found" more than a search that lags behind.
     * Long after that nobody can send it any more, and what was never found was never carried out.
     */
    GatewayAnswer resolve(Operation operation) {
        var gateway = resolving.get(operation.gateway());
        if (gateway == null) return ask(operation);
        return switch (operation.kind()) {
            case AUTHORIZE -> fenced(operation, gateway, lookUp(operation, operation.reference(), gateway));
            case CAPTURE -> fenced(operation, gateway, gateway.lookUpCapture(captureOf(operation)));
            case REFUND -> fenced(operation, gateway, lookUpRefund(operation, gateway));
            case VOID -> resolveVoid(operation, gateway);
        };
    }

    /** Sends again under the same key what was not found, while the gateway is sure to know the key. */
    private GatewayAnswer fenced(Operation operation, PaymentGateway gateway, GatewayAnswer found) {
        if (!(found instanceof GatewayAnswer.NotFound)) return ofItsAmount(operation, found);
        var age = operations.ageOf(operation);
        if (age.compareTo(gateway.remembersKeysFor()) < 0) return ask(operation, gateway);
        // A gateway that cannot be asked has not said that it was never carried out, however long ago.
        return !gateway.answersLookUps()
                        || age.compareTo(gateway.remembersKeysFor().plus(LONGEST_LAG_OF_A_SEARCH)) < 0
                ? new GatewayAnswer.NoAnswer("not found, and too late to ask again under the same key")
                : new GatewayAnswer.Declined("never_executed", "It was never carried out.", null);
    }

    /** What is there counts more than what a call answers: the key may stand for an error that the gateway has kept. */
    private GatewayAnswer resolveVoid(Operation operation, PaymentGateway gateway) {
        var known = operations
                .authorizationOf(operation.orderId(), operation.paymentId())
                .map(authorization -> lookUp(authorization, operation.reference(), gateway));
        if (known.isPresent()
                && (known.get() instanceof GatewayAnswer.Captured
                        || known.get() instanceof GatewayAnswer.Voided
                        || (known.get() instanceof GatewayAnswer.Authorized && !isHold(operation)))) return known.get();
        if (!gateway.answersLookUps()) return ask(operation, gateway);
        // Giving a payment up twice is giving it up once, so a key of its own is safe for every further try.
        return gateway.cancel(keys.of(operation) + "-" + UUID.randomUUID(), referenceOf(operation));
    }

    /** Whether it gives up what is held, rather than what its buyer has not confirmed yet. */
    private boolean isHold(Operation voiding) {
        return operations
                .waitingAuthorization(voiding.orderId(), voiding.paymentId())
                .isEmpty();
    }

    /** What there is now of a payment that a message says something unexpected about. */
    GatewayAnswer foundNow(Payment payment, WebhookEvent event) {
        var gateway = gateway(String.valueOf(payment.gateway()));
        var authorization = operations.authorizationOf(payment.orderId(), payment.id());
        if (authorization.isEmpty()) return new GatewayAnswer.NotFound();
        if (gateway.answersLookUps()) return lookUp(authorization.get(), event.gatewayReference(), gateway);
        // It cannot be asked: its signed message is its word, if it is about this payment's amount.
        return event.answer() instanceof GatewayAnswer.Captured taken
                        && taken.amount().equals(payment.amount())
                ? taken
                : new GatewayAnswer.NoAnswer("the message is about another amount");
    }

    /** What there is now of a refund that a message says something unexpected about; nothing is sent again. */
    GatewayAnswer foundNow(Operation refund, GatewayAnswer said) {
        var gateway = gateway(refund.gateway());
        return gateway.answersLookUps() ? lookUpRefund(refund, gateway) : said;
    }

    private GatewayAnswer lookUpRefund(Operation operation, PaymentGateway gateway) {
        return gateway.lookUpRefund(new GatewayRequest.LookUpRefund(
                keys.of(operation), referenceOf(operation), operation.amount(), operation.ownReference()));
    }

    private GatewayAnswer lookUp(Operation operation, @Nullable String reference, PaymentGateway gateway) {
        return gateway.lookUp(
                new GatewayRequest.LookUp(keys.of(operation), operation.paymentId(), operation.amount(), reference));
    }

    private GatewayRequest.Authorize authorization(Operation operation) {
        if (operation.token() == null)
            throw new IllegalArgumentException("operation " + operation.id() + " has no token");
        return new GatewayRequest.Authorize(
                keys.of(operation),
                operation.orderId(),
                operation.paymentId(),
                operation.amount(),
                operation.token(),
                operation.captures(),
                operation.returnUrl() == null ? null : URI.create(operation.returnUrl()));
    }

    private GatewayRequest.Capture captureOf(Operation operation) {
        return new GatewayRequest.Capture(
                keys.of(operation),
                referenceOf(operation),
                operation.amount(),
                operation.capturedBefore(),
                operation.last());
    }

    private static String referenceOf(Operation operation) {
        if (operation.reference() == null)
            throw new IllegalStateException("operation " + operation.id() + " is about a payment without a name");
        return operation.reference();
    }

    /** Hands the gateway what the buyer's browser brought back, for the authorization that waits for it. */
    GatewayAnswer confirm(Operation waiting, Map<String, String> returned) {
        return gateway(waiting.gateway())
                .confirm(new GatewayRequest.Confirm(
                        keys.of(waiting),
                        waiting.paymentId(),
                        waiting.amount(),
                        waiting.captures(),
                        waiting.reference(),
                        returned));
    }

    /** @throws IllegalArgumentException when there is no such gateway */
    PaymentGateway gateway(String name) {
        var gateway = gateways.get(name);
        if (gateway == null) throw new IllegalArgumentException("no gateway " + name);
        return gateway;
    }
}
