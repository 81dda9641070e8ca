package kontor.orders;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kontor.batching.Overloaded;
import kontor.idempotency.Idempotency;
import kontor.orders.PlaceOrderResult.Answered;
import kontor.orders.PlaceOrderResult.OutOfStock;
import kontor.orders.PlaceOrderResult.Placed;
import kontor.orders.PlaceOrderResult.PriceChanged;
import kontor.orders.PlaceOrderResult.TooManyOpenOrders;
import kontor.orders.PlaceOrderResult.TooManyUnitsHeld;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Orders")
class OrderController {
    private static final String READ_ALL = "orders:read";
    private static final String CANCEL_ALL = "orders:cancel";

    private final Orders orders;
    private final CancelRequests cancelRequests;
    private final OrderAnswers answers;
    private final OrderCounts counts;

    OrderController(Orders orders, CancelRequests cancelRequests, OrderAnswers answers, OrderCounts counts) {
        this.orders = orders;
        this.cancelRequests = cancelRequests;
        this.answers = answers;
        this.counts = counts;
    }

    /** Why an order is cancelled. */
    record Cancellation(
            @Nullable @Size(max = 500) @PlainText(lines = true)
            String reason) {}

    /**
     * One step in an order's life.
     *
     * @param actor who made it; shown to staff only
     */
    record TimelineEntry(
            int version,
            String event,
            OrderStatus status,
            PaymentState paymentStatus,
            FulfilmentState fulfilmentStatus,
            @Nullable String actor,
            @Nullable String detail,
            Instant at) {}

    @Anyone(scope = "orders:place")
    @PostMapping("/orders")
    @Operation(summary = "Place an order: 201 confirmed, 202 waiting for its payment")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = OrderView.class)))
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OrderView.class)))
    @Nullable
    ResponseEntity<?> place(
            @Valid @RequestBody OrderRequest request,
            Caller caller,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        try {
            return switch (counts.counted(() -> orders.place(request, Idempotency.keysOf(http), caller))) {
                case Placed(var order) -> {
                    answers.of(order).writeTo(response, false);
                    yield null; // written already
                }
                case Answered(var answer, var replayed) -> {
                    answer.writeTo(response, replayed);
                    yield null; // written already
                }
                case OutOfStock(var sku, var available) ->
                    Problem.of(
                            HttpStatus.CONFLICT,
                            "out_of_stock",
                            "Only %d of %s left.".formatted(available, sku),
                            Map.of("sku", sku, "available", available));
                case TooManyOpenOrders(var limit, var open) ->
                    Problem.of(
                            HttpStatus.CONFLICT,
                            "too_many_open_orders",
                            "There are %d unpaid orders, and there may be %d. Pay or cancel one first."
                                    .formatted(open, limit),
                            Map.of("limit", limit, "open", open));
                case TooManyUnitsHeld excess ->
                    Problem.of(
                            HttpStatus.CONFLICT,
                            "too_many_units_held",
                            excess.isTooLargeAlone()
                                    ? "One order may have %d units, however it is paid, and this one has %d."
                                            .formatted(excess.limit(), excess.units())
                                    : "Unpaid orders hold %d units, and may hold %d with this one. Pay or cancel one first."
                                            .formatted(excess.held(), excess.limit()),
                            Map.of("limit", excess.limit(), "held", excess.held(), "units", excess.units()));
                case PriceChanged(var total) ->
                    Problem.of(
                            HttpStatus.CONFLICT,
                            "price_changed",
                            "The order comes to another total than expected.",
                            Map.of("total", total));
            };
        } catch (Overloaded e) {
            return Problem.of(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "overloaded",
                    "Too many orders at once. Try again with the same Idempotency-Key.",
                    Map.of("retry_after", 1));
        }
    }

    @SignedIn(scope = READ_ALL)
    @GetMapping("/orders")
    @Operation(summary = "One's own orders, or all of them with the permission orders:read; newest first")
    Page<OrderView> list(
            PageRequest page,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(name = "customer_id", required = false) @Nullable Long customerId,
            Caller caller) {
        var whose = caller.may(READ_ALL) ? customerId : Long.valueOf(caller.userId());
        if (customerId != null && !customerId.equals(whose)) return new Page<>(List.of(), null);
        return pageOf(page, whose, statusOf(status));
    }

    @SignedIn(scope = READ_ALL)
    @GetMapping("/users/{id}/orders")
    @Operation(summary = "The orders of one user: one's own, or anybody's with the permission orders:read")
    Page<OrderView> ofUser(@PathVariable long id, PageRequest page, Caller caller) {
        if (id != caller.userId() && !caller.may(READ_ALL)) throw Refusal.notFound("user");
        return pageOf(page, id, null);
    }

    @SignedIn(scope = READ_ALL)
    @GetMapping("/orders/{id}")
    @Operation(summary = "One order: one's own, or any with the permission orders:read")
    OrderView find(@PathVariable long id, Caller caller) {
        return orders.find(id, ownerFilter(caller, READ_ALL)).orElseThrow(() -> Refusal.notFound("order"));
    }

    @SignedIn(scope = READ_ALL)
    @GetMapping("/orders/{id}/timeline")
    @Operation(summary = "Every step in the life of an order: one's own, or any with the permission orders:read")
    Page<TimelineEntry> timeline(@PathVariable long id, Caller caller) {
        var steps = orders.timeline(id, ownerFilter(caller, READ_ALL));
        if (steps.isEmpty()) throw Refusal.notFound("order");
        return new Page<>(
                steps.stream()
                        .map(step -> new TimelineEntry(
                                step.version(),
                                step.event(),
                                step.status(),
                                step.paymentStatus(),
                                step.fulfilmentStatus(),
                                caller.may(READ_ALL) ? step.actor() : null,
                                step.detail(),
                                step.at()))
                        .toList(),
                null);
    }

    @SignedIn(scope = CANCEL_ALL)
    @PostMapping("/orders/{id}/cancel")
    @Operation(summary = "Call off an order that is not paid and not shipped: one's own, or any with orders:cancel")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = OrderView.class)))
    ResponseEntity<?> cancel(
            @PathVariable long id, @Valid @RequestBody Cancellation body, Caller caller, HttpServletRequest http) {
        return cancelRequests.answer(id, ownerFilter(caller, CANCEL_ALL), caller, body, Idempotency.keysOf(http));
    }

    private Page<OrderView> pageOf(PageRequest page, @Nullable Long customerId, @Nullable OrderStatus status) {
        var found = orders.list(page.after(Long.MAX_VALUE), page.limit() + 1, customerId, status);
        return Page.of(found, page.limit(), order -> PageRequest.cursor(order.id()));
    }

    private static @Nullable OrderStatus statusOf(@Nullable String given) {
        if (given == null) return null;
        for (var status : OrderStatus.values()) if (status.code().equals(given)) return status;
        throw Refusal.ofField(
                "status",
                "unknown",
                "must be one of " + List.of(OrderStatus.values()).toString().toLowerCase(Locale.ROOT));
    }

    private static @Nullable Long ownerFilter(Caller caller, String permission) {
        return caller.may(permission) ? null : Long.valueOf(caller.userId());
    }
}
