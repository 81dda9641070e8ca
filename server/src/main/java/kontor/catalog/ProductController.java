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
import jakarta.validation.Valid;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import kontor.idempotency.Idempotency;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.PageRequest;
import kontor.web.PlainText;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Products")
class ProductController {
    private static final String EDIT = "catalog:write";
    private static final Pattern VERSION = Pattern.compile("\"([0-9]{1,18})\"");

    private final Catalog catalog;
    private final ReadyAnswers answers;
    private final Idempotency idempotency;

    ProductController(Catalog catalog, ReadyAnswers answers, Idempotency idempotency) {
        this.catalog = catalog;
        this.answers = answers;
        this.idempotency = idempotency;
    }

    /** What {@link kontor.web.Page} looks like here, for the description of the API. */
    record ProductPage(List<Product> items, @Nullable String nextCursor) {}

    @Anyone
    @GetMapping(value = "/products", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "List and search products")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ProductPage.class)))
    @ApiResponse(responseCode = "304", content = @Content)
    void list(
            @RequestParam(required = false)
                    @Nullable
                    @PlainText(barCodes = true)
                    @Parameter(description = "Beginnings of words in name or description, or of a SKU")
                    String query,
            @RequestParam(required = false)
                    @Nullable
                    @Parameter(
                            description = "archived for those who may edit the catalogue",
                            schema =
                                    @Schema(
                                            allowableValues = {"active", "archived"},
                                            defaultValue = "active"))
                    String status,
            PageRequest page,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var filter = ProductFilter.of(query, status);
        if (filter.status() != ProductStatus.ACTIVE && caller.isGuest()) throw Refusal.signInFirst();
        if (filter.status() != ProductStatus.ACTIVE && !caller.may(EDIT))
            throw new Refusal(HttpStatus.FORBIDDEN, "forbidden", "This needs the permission " + EDIT + ".");
        answers.list(filter, page).send(request, response);
    }

    @Anyone
    @GetMapping(value = "/products/{idOrSlug}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Read a product")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Product.class)))
    @ApiResponse(responseCode = "304", content = @Content)
    void find(@PathVariable String idOrSlug, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var answer = answers.product(idOrSlug);
        if (answer == null || (!answer.forEveryone() && !caller.may(EDIT))) throw Refusal.notFound("product");
        answer.send(request, response);
    }

    @Requires(EDIT)
    @PostMapping("/products")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Product.class)))
    @Operation(summary = "Create a product with its variants, prices and stock")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    ResponseEntity<?> create(@Valid @RequestBody NewProduct product, Caller caller, HttpServletRequest http) {
        var key = idempotency.optional(Idempotency.keysOf(http), caller.principal(), "POST /products", product);
        return idempotency.once(key, () -> created(product, caller));
    }

    private ResponseEntity<?> created(NewProduct product, Caller caller) {
        var created = catalog.create(product, caller.principal());
        return ResponseEntity.created(URI.create("/products/" + created.id()))
                .eTag(etag(created))
                .body(created);
    }

    @Requires(EDIT)
    @PatchMapping("/products/{id}")
    @Operation(summary = "Change a product that is still as you have seen it")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Product.class)))
    ResponseEntity<?> change(
            @PathVariable long id,
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody ProductChange change,
            Caller caller,
            HttpServletRequest http) {
        if (ifMatch == null)
            throw new Refusal(
                    HttpStatus.PRECONDITION_REQUIRED,
                    "if_match_required",
                    "Send the product's ETag as If-Match, so that nobody's change is lost.");
        var key = idempotency.optional(
                Idempotency.keysOf(http), caller.principal(), "PATCH /products/" + id, List.of(ifMatch, change));
        return idempotency.once(key, () -> {
            var changed = catalog.change(id, versionOf(ifMatch), change);
            return ResponseEntity.ok().eTag(etag(changed)).body(changed);
        });
    }

    @Requires(EDIT)
    @DeleteMapping("/products/{id}")
    @Operation(summary = "Take a product off sale; orders that name it stay as they are")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> archive(
            @PathVariable long id,
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            Caller caller,
            HttpServletRequest http) {
        var key = idempotency.optional(
                Idempotency.keysOf(http),
                caller.principal(),
                "DELETE /products/" + id,
                ifMatch == null ? List.of() : List.of(ifMatch));
        return idempotency.once(key, () -> {
            catalog.archive(id, ifMatch == null ? null : versionOf(ifMatch));
            return ResponseEntity.noContent().build();
        });
    }

    /** Strong, so that it can stand in If-Match. */
    static String etag(Product product) {
        return "\"" + product.version() + '"';
    }

    /** @return null for {@code *}, which stands for any version; one that no product ever has for what is no ETag of ours */
    private static @Nullable Long versionOf(String ifMatch) {
        if (ifMatch.equals("*")) return null;
        var version = VERSION.matcher(ifMatch.strip());
        return version.matches() ? Long.parseLong(version.group(1)) : -1;
    }
}
