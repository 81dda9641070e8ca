package kontor.orders;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import kontor.batching.Overloaded;
import kontor.idempotency.Answer;
import kontor.orders.PlaceOrderResult.Answered;
import kontor.orders.PlaceOrderResult.OutOfStock;
import kontor.orders.PlaceOrderResult.Placed;
import kontor.orders.PlaceOrderResult.PriceChanged;
import kontor.orders.PlaceOrderResult.TooManyOpenOrders;
import kontor.orders.PlaceOrderResult.TooManyUnitsHeld;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Counts what came of the orders that buyers placed. */
@Component
class OrderCounts {
    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

    private enum Outcome {
        CONFIRMED,
        WAITING,
        DECLINED,
        REPLAYED,
        OUT_OF_STOCK,
        PRICE_CHANGED,
        TOO_MUCH_HELD,
        REFUSED,
        OVERLOADED,
        FAILED
    }

    OrderCounts(MeterRegistry metrics) {
        for (var outcome : Outcome.values())
            counters.put(
                    outcome,
                    Counter.builder("kontor.orders.placed")
                            .description("What came of the orders that buyers placed")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(metrics));
    }

    PlaceOrderResult counted(Supplier<PlaceOrderResult> placing) {
        var outcome = Outcome.FAILED;
        try {
            var result = placing.get();
            outcome = outcomeOf(result);
            return result;
        } catch (Refusal e) {
            outcome = Outcome.REFUSED;
            throw e;
        } catch (Overloaded e) {
            outcome = Outcome.OVERLOADED;
            throw e;
        } finally {
            count(outcome);
        }
    }

    private static Outcome outcomeOf(PlaceOrderResult result) {
        return switch (result) {
            case Placed _ -> Outcome.CONFIRMED;
            case Answered(var answer, var replayed) -> replayed ? Outcome.REPLAYED : outcomeOf(answer);
            case OutOfStock _ -> Outcome.OUT_OF_STOCK;
            case PriceChanged _ -> Outcome.PRICE_CHANGED;
            case TooManyOpenOrders _, TooManyUnitsHeld _ -> Outcome.TOO_MUCH_HELD;
        };
    }

    private static Outcome outcomeOf(Answer answer) {
        return switch (HttpStatus.valueOf(answer.status())) {
            case CREATED -> Outcome.CONFIRMED;
            case PAYMENT_REQUIRED -> Outcome.DECLINED;
            default -> Outcome.WAITING;
        };
    }

    private void count(Outcome outcome) {
        var counter = counters.get(outcome);
        if (counter != null) counter.increment();
    }
}
