package kontor.catalog;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.ReceivedFile;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Products")
class CatalogFileController {
    private static final String CSV = "text/csv";
    private final Catalog catalog;
    private final Idempotency idempotency;

    CatalogFileController(Catalog catalog, Idempotency idempotency) {
        this.catalog = catalog;
        this.idempotency = idempotency;
    }

    @Requires("catalog:write")
    @PostMapping(value = "/products/import", consumes = CSV)
    @Operation(
            summary = "Take over a catalogue file, all of it or nothing",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(mediaType = CSV, schema = @Schema(type = "string"))))
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ImportReport.class)))
    ResponseEntity<?> take(
            @RequestParam(name = "dry_run", defaultValue = "false")
                    @Parameter(description = "Only try it, and keep nothing")
                    boolean dryRun,
            @RequestHeader(HttpHeaders.CONTENT_TYPE) @Parameter(hidden = true) MediaType type,
            Caller caller,
            HttpServletRequest request)
            throws IOException {
        if (type.getCharset() != null && !type.getCharset().equals(StandardCharsets.UTF_8))
            throw new Refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_charset", "Send the file as UTF-8.");
        var keys = Idempotency.keysOf(request);
        if (keys.isEmpty())
            return ResponseEntity.ok(catalog.importCsv(request.getInputStream(), dryRun, caller.principal()));
        try (var file = ReceivedFile.of(request.getInputStream())) {
            var key = idempotency.required(
                    keys, caller.principal(), "POST /products/import", List.of(dryRun, file.sha256()));
            return idempotency.once(key, () -> take(file, dryRun, caller));
        }
    }

    private ResponseEntity<?> take(ReceivedFile file, boolean dryRun, Caller caller) {
        try (var csv = file.open()) {
            return ResponseEntity.ok(catalog.importCsv(csv, dryRun, caller.principal()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Requires("catalog:write")
    @GetMapping(value = "/products/export", produces = CSV)
    @Operation(summary = "The whole catalogue as a file that can be imported again")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    void give(HttpServletResponse response) throws IOException {
        response.setContentType(CSV);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"products.csv\"");
        catalog.exportCsv(response.getOutputStream());
    }
}
