package kontor.orders.imports;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.ReceivedFile;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Order imports")
class ImportController {
    private static final String IMPORT = "orders:import";
    private static final String CSV = "text/csv";

    private final Imports imports;
    private final Idempotency idempotency;

    ImportController(Imports imports, Idempotency idempotency) {
        this.imports = imports;
        this.idempotency = idempotency;
    }

    @Requires(IMPORT)
    @PostMapping(
            path = "/orders/import",
            consumes = {CSV, MediaType.APPLICATION_NDJSON_VALUE})
    @Operation(
            summary = "Import order history; what was imported before is left as it is",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = CSV,
                                        schema =
                                                @Schema(
                                                        type = "string",
                                                        description =
                                                                "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country")),
                                @Content(
                                        mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                                        schema = @Schema(implementation = ImportedOrder.class))
                            }))
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = OrderImportReport.class)))
    ResponseEntity<?> importOrders(
            @RequestParam(defaultValue = "GBP") @Parameter(description = "Of a CSV file's prices") String currency,
            @RequestParam(name = "time_zone", defaultValue = "Europe/London")
                    @Parameter(description = "Of a CSV file's times")
                    String timeZone,
            @RequestParam(defaultValue = "true")
                    @Parameter(description = "Whether everything was paid, and paid back, long ago; false: it is owed")
                    boolean settled,
            @RequestParam(name = "dry_run", defaultValue = "false")
                    @Parameter(description = "Report what would become of each line, and import nothing")
                    boolean dryRun,
            HttpServletRequest request,
            Caller caller)
            throws IOException {
        var options = new ImportOptions(formatOf(request), currencyOf(currency), zoneOf(timeZone), settled, dryRun);
        var keys = Idempotency.keysOf(request);
        if (keys.isEmpty()) return imported(request.getInputStream(), options, caller);
        try (var file = ReceivedFile.of(request.getInputStream())) {
            var key = idempotency.required(
                    keys, caller.principal(), "POST /orders/import", List.of(options, file.sha256()));
            return idempotency.onceBehind(key, () -> imported(file, options, caller));
        }
    }

    private ResponseEntity<?> imported(ReceivedFile file, ImportOptions options, Caller caller) {
        try (var stream = file.open()) {
            return imported(stream, options, caller);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ResponseEntity<?> imported(InputStream file, ImportOptions options, Caller caller) throws IOException {
        var report = imports.run(file, options, caller.principal());
        return ResponseEntity.ok()
                .location(URI.create("/orders/imports/" + report.id()))
                .body(report);
    }

    @Requires(IMPORT)
    @GetMapping("/orders/imports")
    @Operation(summary = "The imports so far, newest first")
    Page<OrderImportReport> list(PageRequest page) {
        return imports.list(page);
    }

    @Requires(IMPORT)
    @GetMapping("/orders/imports/{id}")
    @Operation(summary = "What became of an import")
    OrderImportReport find(@PathVariable long id) {
        return imports.find(id).orElseThrow(() -> Refusal.notFound("import"));
    }

    @Requires(IMPORT)
    @GetMapping("/orders/imports/{id}/lines")
    @Operation(summary = "What became of each line of an import")
    Page<ImportedLine> lines(
            @PathVariable long id, @RequestParam(required = false) @Nullable String outcome, PageRequest page) {
        return imports.lines(id, outcome == null ? null : outcomeOf(outcome), page);
    }

    private static ImportFormat formatOf(HttpServletRequest request) {
        var type = MediaType.parseMediaType(request.getContentType());
        return MediaType.APPLICATION_NDJSON.equalsTypeAndSubtype(type) ? ImportFormat.NDJSON : ImportFormat.CSV;
    }

    private static Currency currencyOf(String code) {
        try {
            var currency = Currency.getInstance(code);
            if (currency.getDefaultFractionDigits() >= 0) return currency;
        } catch (IllegalArgumentException e) {
            // answered below
        }
        throw Refusal.ofField("currency", "unknown", "must be an ISO 4217 currency code such as EUR or GBP");
    }

    private static ZoneId zoneOf(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw Refusal.ofField("time_zone", "unknown", "must be a time zone such as Europe/London");
        }
    }

    private static Outcome outcomeOf(String code) {
        for (var outcome : Outcome.values()) if (outcome.code().equals(code)) return outcome;
        throw Refusal.ofField("outcome", "unknown", "must be an outcome such as set_aside");
    }
}
