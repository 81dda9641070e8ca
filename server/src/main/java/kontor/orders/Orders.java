package kontor.orders;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import kontor.batching.Lanes;
import kontor.catalog.Assortment;
import kontor.catalog.Catalog;
import kontor.database.Ids;
import kontor.idempotency.Idempotency;
import kontor.idempotency.Recorded;
import kontor.idempotency.RequestKey;
import kontor.money.Money;
import kontor.orders.PlaceOrderResult.Answered;
import kontor.orders.PlaceOrderResult.OutOfStock;
import kontor.orders.PlaceOrderResult.Placed;
import kontor.orders.PlaceOrderResult.PriceChanged;
import kontor.orders.PlaceOrderResult.TooManyOpenOrders;
import kontor.orders.PlaceOrderResult.TooManyUnitsHeld;
import kontor.payments.Operation;
import kontor.payments.Payment;
import kontor.payments.PaymentStatus;
import kontor.payments.Payments;
import kontor.web.Caller;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** Orders: taking them, reading them, and moving them on. */
@Service
public class Orders {
    static final String PLACE_ROUTE = "POST /orders";
    private static final String CAPTURE = "orders:capture";
    private static final int PRICINGS = 5;

    private final Lanes<LaneCommand, LaneResult> lanes;
    private final OrderStore store;
    private final OrderViews views;
    private final Completion completion;
    private final Pricing pricing;
    private final Catalog catalog;
    private final Payments payments;
    private final Idempotency idempotency;
    private final Ids ids;
    private final OrderSettings settings;
    private final ReturnUrls returnUrls;
    private final JsonMapper json;
    private final Clock clock;

    Orders(
            Lanes<LaneCommand, LaneResult> lanes,
            OrderStore store,
            OrderViews views,
            Completion completion,
            Pricing pricing,
            Catalog catalog,
            Payments payments,
            Idempotency idempotency,
            Ids ids,
            OrderSettings settings,
            ReturnUrls returnUrls,
            JsonMapper json,
            Clock clock) {
        this.lanes = lanes;
        this.store = store;
        this.views = views;
        this.completion = completion;
        this.pricing = pricing;
        this.catalog = catalog;
        this.payments = payments;
        this.idempotency = idempotency;
        this.ids = ids;
        this.settings = settings;
        this.returnUrls = returnUrls;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Places an order, reserves its stock and begins its payment: all or nothing. The order and what a gateway will be
     * asked are committed before the gateway is asked.
     *
     * @param keys the values of the Idempotency-Key header
     * @throws Refusal for a request that cannot be an order; nothing was written
     * @throws kontor.batching.Overloaded at once when too many wait; nothing was written
     */
    public PlaceOrderResult place(OrderRequest request, @Nullable List<String> keys, Caller caller) {
        var key = idempotency.required(keys, caller.principal(request.email()), PLACE_ROUTE, request);
        try {
            var result = priceAndWrite(request, key, caller);
            // A price that has changed since must not hide that this very order was taken before.
            return result instanceof PriceChanged ? repeated(key).orElse(result) : result;
        } catch (Refusal refusal) {
            return repeated(key).orElseThrow(() -> refusal);
        }
    }

    private PlaceOrderResult priceAndWrite(OrderRequest request, RequestKey key, Caller caller) {
        checkPayment(request, caller);
        for (var tried = 1; ; tried++) {
            var assortment = catalog.assortment();
            var priced = pricing.price(request, assortment);
            var total = new Money(priced.totals().total(), request.currency());
            if (request.expectedTotal() != null && differs(request.expectedTotal(), total))
                return new PriceChanged(total);
            var place = command(request, key, caller, assortment, priced);
            switch (lanes.submit(place)) {
                case LaneResult.Written _ -> {
                    return place.operation() == null
                            ? new Placed(placed(place, request.shippingAddress()))
                            : completion.complete(place, request.shippingAddress());
                }
                case LaneResult.Repeated(var before) -> {
                    return replay(key, before);
                }
                case LaneResult.SoldOut(var variantId, var available) -> {
                    return new OutOfStock(skuOf(variantId, place), available);
                }
                case LaneResult.TooManyOpen(var open) -> {
                    return new TooManyOpenOrders(settings.openPerUser(), open);
                }
                case LaneResult.TooManyHeld(var held, var units) -> {
                    return new TooManyUnitsHeld(settings.heldUnitsPerUser(), held, units);
                }
                case LaneResult.Stale _ -> {
                    if (tried == PRICINGS) throw busyCatalogue();
                    catalog.refresh();
                }
                case LaneResult.AlreadySettled _ ->
                    throw new IllegalStateException("a new order has nothing to settle");
            }
        }
    }

    private Optional<PlaceOrderResult> repeated(RequestKey key) {
        return Optional.ofNullable(idempotency.find(List.of(key)).get(key)).map(before -> replay(key, before));
    }

    private PlaceOrderResult replay(RequestKey key, Recorded before) {
        if (!before.matches(key)) throw Idempotency.reused();
        return new Answered(before.answer() != null ? before.answer() : completion.answerAgain(key, before), true);
    }

    private LaneCommand.Place command(
            OrderRequest request, RequestKey key, Caller caller, Assortment assortment, Pricing.Priced priced) {
        var total = new Money(priced.totals().total(), request.currency());
        var byGateway = request.payment().isCard() && total.minorUnits() > 0; // nothing to pay, nothing to ask
        var settled = !byGateway && total.minorUnits() == 0;
        var order = new NewOrder(
                ids.next("orders.order_ids"),
                caller.isUser() ? caller.userId() : null,
                request.email(),
                request.currency(),
                byGateway ? OrderStatus.PENDING_PAYMENT : OrderStatus.CONFIRMED,
                settled ? PaymentState.PAID : PaymentState.OPEN,
                priced.lines(),
                priced.totals(),
                request.shippingOption(),
                request.shippingAddress() == null ? null : json.writeValueAsString(request.shippingAddress()),
                caller.principal(),
                clock.instant());
        var payment = new Payment(
                order.id(),
                payments.nextPaymentId(),
                request.payment().method(),
                request.payment().gateway(),
                total,
                settled ? PaymentStatus.CAPTURED : byGateway ? PaymentStatus.CREATED : PaymentStatus.OPEN,
                0,
                null);
        return new LaneCommand.Place(
                key, assortment.revision(), order, payment, byGateway ? authorization(request, payment) : null);
    }

    private Operation authorization(OrderRequest request, Payment payment) {
        return new Operation(
                payment.orderId(),
                payment.id(),
                payments.nextOperationId(),
                Operation.Kind.AUTHORIZE,
                String.valueOf(payment.gateway()),
                payment.amount(),
                takesAtOnce(request.payment()),
                request.payment().token(),
                returnUrls.checked("payment.return_url", request.payment().returnUrl()),
                null,
                null);
    }

    private boolean takesAtOnce(OrderRequest.Payment payment) {
        return payment.capture() == null
                ? settings.capture() == OrderSettings.Capture.AT_ONCE
                : payment.capture().equals("at_once");
    }

    private OrderView placed(LaneCommand.Place place, @Nullable Address address) {
        var order = place.order();
        var payment = place.payment();
        return views.of(
                order,
                order.status(),
                order.paymentStatus(),
                address,
                payment,
                payment.status().code(),
                null);
    }

    private void checkPayment(OrderRequest request, Caller caller) {
        if (!caller.isUser() && request.email() == null)
            throw Refusal.ofField("email", "required", "is needed from guests");
        var payment = request.payment();
        if (!payment.isCard()) {
            if (payment.gateway() != null || payment.token() != null || payment.capture() != null)
                throw Refusal.ofField(
                        "payment", "not_for_invoice", "takes no gateway, no token and no capture for an invoice");
            return;
        }
        if (payment.capture() != null && !caller.may(CAPTURE))
            throw Refusal.ofField("payment.capture", "not_yours", "is for callers with the permission " + CAPTURE);
        if (payment.gateway() == null || !payments.gatewayNames().contains(payment.gateway()))
            throw Refusal.ofField("payment.gateway", "unknown_gateway", "must be one of " + payments.gatewayNames());
        if (payment.token() == null) throw Refusal.ofField("payment.token", "required", "is needed to pay by card");
        returnUrls.checked("payment.return_url", payment.returnUrl());
    }

    private static boolean differs(Money expected, Money total) {
        if (!expected.currency().equals(total.currency()))
            throw Refusal.ofField("expected_total.currency", "other_currency", "must be the order's currency");
        return expected.minorUnits() != total.minorUnits();
    }

    private static String skuOf(long variantId, LaneCommand.Place place) {
        return place.order().lines().stream()
                .filter(line -> line.variantId() != null && line.variantId() == variantId)
                .findFirst()
                .orElseThrow()
                .sku();
    }

    private static Refusal busyCatalogue() {
        return new Refusal(
                HttpStatus.SERVICE_UNAVAILABLE,
                "catalogue_busy",
                "Prices are being changed faster than this order can be priced. Try again.",
                java.util.Map.of("retry_after", 1),
                List.of());
    }

    /** @param customerId whose it must be; null for anyone's */
    public Optional<OrderView> find(long id, @Nullable Long customerId) {
        return store.find(id, customerId).map(completion::view);
    }

    /**
     * Orders with ids below {@code before}, newest first.
     *
     * @param customerId whose; null for everyone's
     */
    public List<OrderView> list(long before, int limit, @Nullable Long customerId, @Nullable OrderStatus status) {
        return completion.views(store.list(before, limit, customerId, status));
    }

    /** Every step of an order's life, the first one first; empty when there is no such order. */
    List<OrderStore.Step> timeline(long id, @Nullable Long customerId) {
        return store.find(id, customerId)
                .map(order -> store.history(order.id()))
                .orElse(List.of());
    }
}
