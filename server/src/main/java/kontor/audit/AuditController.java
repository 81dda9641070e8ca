package kontor.audit;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import kontor.web.Requires;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Audit")
class AuditController {
    private final Audits audits;

    AuditController(Audits audits) {
        this.audits = audits;
    }

    @Requires("audit:read")
    @GetMapping("/audit/invariants")
    @Operation(
            summary =
                    "Every invariant, whether it holds, and the first rows that break it; as_of tells of which moment")
    ReportView invariants() {
        return ReportView.of(audits.report());
    }
}
