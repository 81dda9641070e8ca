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
import java.util.List;
import java.util.Locale;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Refunds that wait for a second person. */
@RestController
@Tag(name = "Orders")
class RequestedRefundController {
    private static final String READ = "orders:read";
    private static final String APPROVE = "refunds:approve";
    private static final String BOTH = "Needs the permission orders:read, too: whoever decides sees what about.";
    private static final String ONCE =
            " Takes no Idempotency-Key: a request is decided once, and the first one counts.";

    private final RequestedRefunds requests;
    private final Refunding refunding;

    RequestedRefundController(RequestedRefunds requests, Refunding refunding) {
        this.requests = requests;
        this.refunding = refunding;
    }

    @Requires(READ)
    @GetMapping("/refund-requests")
    @Operation(summary = "Refunds above a limit that somebody has asked for, the newest first")
    Page<RequestedRefundView> listRefundRequests(
            PageRequest page,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(name = "order_id", required = false) @Nullable Long orderId) {
        var found = requests.list(page.after(Long.MAX_VALUE), page.limit() + 1, stateOf(state), orderId).stream()
                .map(RequestedRefundView::of)
                .toList();
        return Page.of(found, page.limit(), request -> PageRequest.cursor(request.id()));
    }

    @Requires(READ)
    @GetMapping("/refund-requests/{id}")
    @Operation(summary = "One refund request")
    RequestedRefundView findRefundRequest(@PathVariable long id) {
        return RequestedRefundView.of(requests.find(id));
    }

    @Requires(APPROVE)
    @FreshLogin
    @PostMapping("/refund-requests/{id}/approve")
    @Operation(
            summary = "Carry out what somebody else has asked for: 202 while a gateway has not answered",
            description = BOTH + " What goes back by a transfer needs payments:record as well, and is sent afterwards.")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = RefundView.class)))
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = RefundView.class)))
    ResponseEntity<?> approveRefundRequest(
            @PathVariable long id,
            @Valid @RequestBody RequestedRefunds.Decision body,
            Caller caller,
            HttpServletRequest http) {
        return refunding.approve(id, body, caller, Idempotency.keysOf(http));
    }

    @Requires(APPROVE)
    @FreshLogin
    @PostMapping("/refund-requests/{id}/decline")
    @Operation(summary = "Leave undone what somebody else has asked for", description = BOTH + ONCE)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = RequestedRefundView.class)))
    ResponseEntity<?> declineRefundRequest(
            @PathVariable long id, @Valid @RequestBody RequestedRefunds.Decision body, Caller caller) {
        return requests.decline(id, body, caller);
    }

    @Requires("orders:refund")
    @PostMapping("/refund-requests/{id}/withdraw")
    @Operation(summary = "Take back what one has asked for oneself", description = ONCE)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = RequestedRefundView.class)))
    ResponseEntity<?> withdrawRefundRequest(
            @PathVariable long id, @Valid @RequestBody RequestedRefunds.Decision body, Caller caller) {
        return requests.withdraw(id, body, caller);
    }

    private static RequestedRefund.@Nullable State stateOf(@Nullable String given) {
        if (given == null) return null;
        for (var state : RequestedRefund.State.values()) if (state.code().equals(given)) return state;
        throw Refusal.ofField(
                "state",
                "unknown",
                "must be one of "
                        + List.of(RequestedRefund.State.values()).toString().toLowerCase(Locale.ROOT));
    }
}
