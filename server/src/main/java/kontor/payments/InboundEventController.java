package kontor.payments;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The inbox for staff: what gateways have told us, but for card numbers, and how to have it acted on again. */
@RestController
@Tag(name = "Gateway messages")
class InboundEventController {
    private static final String READ = "payments:read";
    private static final String REVIEW = "payments:review";

    private final InboundEvents inbox;
    private final InboundEventArchive archive;
    private final Payments payments;
    private final Idempotency idempotency;

    InboundEventController(
            InboundEvents inbox, InboundEventArchive archive, Payments payments, Idempotency idempotency) {
        this.inbox = inbox;
        this.archive = archive;
        this.payments = payments;
        this.idempotency = idempotency;
    }

    @Requires(READ)
    @GetMapping("/gateways/events")
    @Operation(summary = "What gateways have told us, the newest first")
    Page<InboundEvent> list(
            @RequestParam(required = false) @Nullable String gateway,
            @RequestParam(required = false)
                    @Nullable
                    @Parameter(description = "received, processed, ignored or quarantined")
                    String state,
            @RequestParam(required = false)
                    @Nullable
                    @Parameter(description = "In the gateway's words, such as payment_intent.succeeded")
                    String type,
            PageRequest page) {
        var found = archive.list(
                new InboundEventFilter(gateway, state, type), page.after(Long.MAX_VALUE), page.limit() + 1);
        var listed = Page.of(found, page.limit(), last -> PageRequest.cursor(last.arrival()));
        return new Page<>(
                listed.items().stream().map(InboundEventArchive.Listed::event).toList(), listed.nextCursor());
    }

    @Requires(READ)
    @GetMapping("/gateways/events/{gateway}/{eventId}")
    @Operation(summary = "One message of a gateway, with its body as it came but for card numbers")
    InboundEvent.WithBody find(@PathVariable String gateway, @PathVariable String eventId) {
        return found(gateway, eventId);
    }

    @Requires(REVIEW)
    @PostMapping("/gateways/events/{gateway}/{eventId}/replay")
    @Operation(
            summary = "Act on a message again, as if it had just come",
            description = "Its gateway is asked what is true now, or is taken at its word: nothing happens twice.")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = InboundEvent.class)))
    ResponseEntity<?> replay(
            @PathVariable String gateway, @PathVariable String eventId, Caller caller, HttpServletRequest http) {
        var route = "POST /gateways/events/" + gateway + "/" + eventId + "/replay";
        var key = idempotency.optional(Idempotency.keysOf(http), caller.principal(), route, Map.of());
        return key == null
                ? replayed(gateway, eventId, caller)
                : idempotency.onceBehind(key, () -> replayed(gateway, eventId, caller));
    }

    private ResponseEntity<?> replayed(String gateway, String eventId, Caller caller) {
        found(gateway, eventId);
        if (!payments.gatewayNames().contains(gateway))
            return Problem.of(
                    HttpStatus.CONFLICT,
                    "gateway_not_configured",
                    "The gateway that sent this is not configured any more, so nobody can say what is true.");
        inbox.replay(gateway, eventId, caller.principal());
        return ResponseEntity.ok(found(gateway, eventId).event());
    }

    private InboundEvent.WithBody found(String gateway, String eventId) {
        if (!PlainText.Check.isPlain(gateway + eventId, false)) throw Refusal.notFound("event");
        return archive.find(gateway, eventId).orElseThrow(() -> Refusal.notFound("event"));
    }
}
