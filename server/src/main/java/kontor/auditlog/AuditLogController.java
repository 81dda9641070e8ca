package kontor.auditlog;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.PlainText;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Audit")
class AuditLogController {
    private static final String READ = "audit:read";

    private final Acts acts;

    AuditLogController(Acts acts) {
        this.acts = acts;
    }

    @Requires(READ)
    @GetMapping("/audit/log")
    @Operation(summary = "What staff did and what has to do with security, the newest first")
    Page<RecordedAct> list(
            @RequestParam(required = false)
                    @Nullable
                    @PlainText
                    @Parameter(
                            description =
                                    "user:17, with what OAuth clients did for them; key:5, client:…, guest, server")
                    String actor,
            @RequestParam(required = false)
                    @Nullable
                    @PlainText
                    @Parameter(
                            description = "products.change; with an asterisk behind it all that begin so: products.*")
                    String action,
            @RequestParam(required = false) @Nullable @PlainText @Parameter(description = "order:5") String subject,
            @RequestParam(required = false) @Nullable @Parameter(description = "done or refused") String outcome,
            @RequestParam(required = false) @Nullable @Parameter(description = "At this time or later") Instant from,
            @RequestParam(required = false) @Nullable @Parameter(description = "Before this time") Instant until,
            PageRequest page) {
        return acts.list(new ActFilter(actor, action, subject, ActFilter.outcomeOf(outcome), from, until), page);
    }

    @Requires(READ)
    @GetMapping("/audit/log/{id}")
    @Operation(summary = "One act")
    RecordedAct find(@PathVariable long id) {
        return acts.find(id).orElseThrow(() -> Refusal.notFound("act"));
    }

    @Requires(READ)
    @GetMapping(value = "/audit/log/export", produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(summary = "The same as a file with one JSON object in each line")
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                            schema = @Schema(implementation = RecordedAct.class)))
    void export(
            @RequestParam(required = false) @Nullable @PlainText String actor,
            @RequestParam(required = false) @Nullable @PlainText String action,
            @RequestParam(required = false) @Nullable @PlainText String subject,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant until,
            HttpServletResponse response)
            throws IOException {
        var filter = new ActFilter(actor, action, subject, ActFilter.outcomeOf(outcome), from, until);
        response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit-log.ndjson\"");
        acts.export(filter, response.getOutputStream());
    }
}
