package kontor.orders;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.Refusal;
import kontor.web.Requires;
import kontor.web.SignedIn;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The money of orders that stand. */
@RestController
@Tag(name = "Orders")
class OrderMoneyController {
    private static final String READ_ALL = "orders:read";

    private final Orders orders;
    private final Capturing capturing;
    private final Refunding refunding;
    private final RefundViews refunds;
    private final Paying paying;

    OrderMoneyController(Orders orders, Capturing capturing, Refunding refunding, RefundViews refunds, Paying paying) {
        this.orders = orders;
        this.capturing = capturing;
        this.refunding = refunding;
        this.refunds = refunds;
        this.paying = paying;
    }

    @Requires("orders:capture")
    @PostMapping("/orders/{id}/capture")
    @Operation(summary = "Take what is held for an order, or a part of it: 202 while the gateway has not answered")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = OrderView.class)))
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OrderView.class)))
    ResponseEntity<?> capture(
            @PathVariable long id,
            @Valid @RequestBody Capturing.Request request,
            Caller caller,
            HttpServletRequest http) {
        return capturing.capture(id, request, caller, Idempotency.keysOf(http));
    }

    @Requires("orders:refund")
    @PostMapping("/orders/{id}/refunds")
    @Operation(
            summary = "Give money back: 202 while a gateway has not answered, or when somebody else has to approve it",
            description =
                    "Above kontor.orders.refund-approval-above nothing is given back yet: the answer is the refund"
                            + " request that is kept for somebody with the permission refunds:approve. Location decides"
                            + " which of both a 202 is about, /orders/{id}/refunds/{refundId} or /refund-requests/{id};"
                            + " in the body only the latter has an object, refund_request. A transfer is then sent once"
                            + " it is approved, and not before. A client that calls for itself is refused there with"
                            + " 403 user_required.")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = RefundView.class)))
    @ApiResponse(
            responseCode = "202",
            content = @Content(schema = @Schema(oneOf = {RefundView.class, RequestedRefundView.class})))
    ResponseEntity<?> refund(
            @PathVariable long id, @Valid @RequestBody RefundRequest request, Caller caller, HttpServletRequest http) {
        return refunding.refund(id, request, caller, Idempotency.keysOf(http));
    }

    @SignedIn(scope = READ_ALL)
    @GetMapping("/orders/{id}/refunds")
    @Operation(summary = "What was given back of an order: one's own, or any with the permission orders:read")
    Page<RefundView> refunds(@PathVariable long id, Caller caller) {
        checkVisible(id, caller);
        return new Page<>(refunds.ofOrder(id, caller.may(READ_ALL)), null);
    }

    @SignedIn(scope = READ_ALL)
    @GetMapping("/orders/{id}/refunds/{refundId}")
    @Operation(summary = "One refund: of one's own order, or of any with the permission orders:read")
    RefundView findRefund(@PathVariable long id, @PathVariable long refundId, Caller caller) {
        checkVisible(id, caller);
        return refunds.ofOrder(id, caller.may(READ_ALL)).stream()
                .filter(refund -> refund.id() == refundId)
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("refund"));
    }

    private void checkVisible(long id, Caller caller) {
        var owner = caller.may(READ_ALL) ? null : Long.valueOf(caller.userId());
        if (orders.find(id, owner).isEmpty()) throw Refusal.notFound("order");
    }

    @SignedIn(scope = "orders:place")
    @PostMapping("/orders/{id}/payments")
    @Operation(
            summary =
                    "Pay what is due on an invoice: one's own order by card, any by a bank transfer with payments:record")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = OrderView.class)))
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OrderView.class)))
    ResponseEntity<?> pay(
            @PathVariable long id, @Valid @RequestBody Paying.Request request, Caller caller, HttpServletRequest http) {
        var owner = caller.may(Paying.RECORD) ? null : Long.valueOf(caller.userId());
        return paying.pay(id, owner, request, caller, Idempotency.keysOf(http));
    }
}
