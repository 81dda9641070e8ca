package kontor.reconciliation;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.Arrays;
import java.util.Map;
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
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Reconciliation")
class ReconciliationController {
    private static final String READ = "finance:read";
    private static final String WRITE = "finance:write";

    private final Reconciliation reconciliation;
    private final Breaks breaks;

    ReconciliationController(Reconciliation reconciliation, Breaks breaks) {
        this.reconciliation = reconciliation;
        this.breaks = breaks;
    }

    /** What explains the break. */
    record BreakResolution(
            @NotBlank @Size(max = 1000) @PlainText(lines = true)
            String note) {}

    @Requires(READ)
    @GetMapping("/reconciliation")
    @Operation(summary = "The gateways' books beside ours, as of the newest run")
    ReconciliationReport report() {
        return reconciliation.report();
    }

    @Requires(WRITE)
    @PostMapping("/reconciliation/runs")
    @Operation(
            summary = "Compare the gateways' books with ours now",
            description = "Takes no Idempotency-Key: what one run has read and booked the next one leaves alone.")
    ReconciliationReport run() {
        reconciliation.run();
        return reconciliation.report();
    }

    @Requires(READ)
    @GetMapping("/reconciliation/breaks")
    @Operation(summary = "Where the books differ, the newest first; open breaks, or all with resolved=true")
    Page<Break> breaks(
            PageRequest page,
            @RequestParam(required = false) @Nullable String gateway,
            @RequestParam(required = false) @Nullable @Parameter(description = "missing_here, missing_there, …")
                    String kind,
            @RequestParam(required = false, defaultValue = "false") boolean resolved) {
        return breaks.list(page, gateway, kind == null ? null : kindOf(kind), resolved);
    }

    private static BreakKind kindOf(String kind) {
        return BreakKind.ofCode(kind)
                .orElseThrow(() -> Refusal.ofField(
                        "kind",
                        "unknown",
                        "must be one of "
                                + Arrays.stream(BreakKind.values())
                                        .map(BreakKind::code)
                                        .toList()));
    }

    @Requires(READ)
    @GetMapping("/reconciliation/breaks/{id}")
    @Operation(summary = "One break")
    Break find(@PathVariable long id) {
        return breaks.find(id).orElseThrow(() -> Refusal.notFound("break"));
    }

    @Requires(WRITE)
    @PostMapping("/reconciliation/breaks/{id}/resolve")
    @Operation(
            summary = "Close a break and say what explains it",
            description = "Books nothing: what stands in suspense is moved with POST /ledger/adjustments. Takes no "
                    + "Idempotency-Key: a break is closed once, and the first one counts.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Break.class)))
    ResponseEntity<?> resolve(@PathVariable long id, @Valid @RequestBody BreakResolution body, Caller caller) {
        find(id);
        if (breaks.resolve(id, caller.principal(), body.note())) return ResponseEntity.ok(find(id));
        return Problem.of(
                HttpStatus.CONFLICT,
                "already_resolved",
                "It has been resolved before.",
                Map.of("resolved_by", String.valueOf(find(id).resolvedBy())));
    }
}
