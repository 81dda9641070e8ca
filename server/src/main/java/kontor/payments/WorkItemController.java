package kontor.payments;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
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
@Tag(name = "Work items")
class WorkItemController {
    private static final String REVIEW = "payments:review";

    private final WorkItems items;

    WorkItemController(WorkItems items) {
        this.items = items;
    }

    /** What was done about it. */
    record Resolution(
            @NotBlank @Size(max = 1000) @PlainText(lines = true)
            String resolution) {}

    @Requires(REVIEW)
    @GetMapping("/work-items")
    @Operation(
            summary =
                    "What the server cannot decide by itself, the newest first; open items, or all with resolved=true")
    Page<WorkItem> list(
            PageRequest page,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(name = "order_id", required = false) @Nullable Long orderId,
            @RequestParam(required = false, defaultValue = "false") boolean resolved) {
        var wanted = kind == null
                ? null
                : WorkItems.Kind.ofCode(kind)
                        .orElseThrow(() -> Refusal.ofField(
                                "kind",
                                "unknown",
                                "must be one of "
                                        + List.of(WorkItems.Kind.values()).stream()
                                                .map(WorkItems.Kind::code)
                                                .toList()));
        var found = items.list(page.after(Long.MAX_VALUE), page.limit() + 1, wanted, orderId, resolved);
        return Page.of(found, page.limit(), item -> PageRequest.cursor(item.id()));
    }

    @Requires(REVIEW)
    @GetMapping("/work-items/{id}")
    @Operation(summary = "One work item")
    WorkItem find(@PathVariable long id) {
        return items.find(id).orElseThrow(() -> Refusal.notFound("work item"));
    }

    @Requires(REVIEW)
    @PostMapping("/work-items/{id}/resolve")
    @Operation(
            summary = "Close a work item and say what was done about it",
            description = "Takes no Idempotency-Key: an item is closed once, and the first one counts.")
    ResponseEntity<?> resolve(@PathVariable long id, @Valid @RequestBody Resolution body, Caller caller) {
        find(id);
        if (items.resolve(id, caller.principal(), body.resolution())) return ResponseEntity.ok(find(id));
        return Problem.of(
                HttpStatus.CONFLICT,
                "already_resolved",
                "Somebody has closed it before.",
                Map.of("resolved_by", String.valueOf(find(id).resolvedBy())));
    }
}
