package kontor.inventory;

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
import java.util.Map;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.catalog.Article;
import kontor.catalog.Catalog;
import kontor.idempotency.Idempotency;
import kontor.inventory.AdjustResult.Adjusted;
import kontor.inventory.AdjustResult.BelowReserved;
import kontor.inventory.AdjustResult.TooMuch;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Stock")
class StockController {
    private static final String READ = "inventory:read";
    private static final String MOVE = "inventory:write";

    private final Inventory inventory;
    private final Catalog catalog;
    private final Idempotency idempotency;
    private final AuditLog log;

    StockController(Inventory inventory, Catalog catalog, Idempotency idempotency, AuditLog log) {
        this.inventory = inventory;
        this.catalog = catalog;
        this.idempotency = idempotency;
        this.log = log;
    }

    @Requires(READ)
    @GetMapping("/stock/{sku}")
    @Operation(summary = "What lies where of an article")
    Stock read(@PathVariable String sku) {
        var article = article(sku);
        return new Stock(article.sku(), inventory.levels(article.variantId()));
    }

    @Requires(READ)
    @GetMapping("/stock/{sku}/movements")
    @Operation(summary = "Why an article's stock is what it is, the newest movement first")
    Page<Movement> movements(@PathVariable String sku, PageRequest page) {
        return inventory.movements(article(sku).variantId(), page);
    }

    @Requires(MOVE)
    @PostMapping("/stock/{sku}/adjustments")
    @Operation(summary = "Move stock, and write down why")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Stock.class)))
    ResponseEntity<?> adjust(
            @PathVariable String sku,
            @Valid @RequestBody Adjustment adjustment,
            Caller caller,
            HttpServletRequest http) {
        if (adjustment.delta() == 0) throw Refusal.ofField("delta", "zero", "must not be 0");
        var article = article(sku);
        var location = inventory.location(adjustment.location());
        if (location == null) throw Refusal.ofField("location", "unknown", "is not the code of a location");
        var key = idempotency.required(
                Idempotency.keysOf(http), caller.principal(), "POST /stock/" + sku + "/adjustments", adjustment);
        return idempotency.once(key, () -> {
            var result = inventory.adjust(
                    article.variantId(), location, adjustment.delta(), adjustment.reason(), caller.principal());
            if (result instanceof Adjusted(var level)) record(article, level, adjustment);
            return answer(article, result);
        });
    }

    private void record(Article article, Level now, Adjustment adjustment) {
        log.record(Act.of("stock.adjust", "stock:" + article.sku().value())
                .changed(
                        Map.of("on_hand", now.onHand() - adjustment.delta()),
                        Map.of(
                                "on_hand", now.onHand(),
                                "delta", adjustment.delta(),
                                "location", now.location(),
                                "reason", adjustment.reason())));
    }

    private static ResponseEntity<?> answer(Article article, AdjustResult result) {
        var sku = article.sku().value();
        return switch (result) {
            case Adjusted(var level) -> ResponseEntity.ok(new Stock(article.sku(), List.of(level)));
            case BelowReserved(var level) ->
                Problem.of(
                        HttpStatus.CONFLICT,
                        "below_reserved",
                        "%d of %s lie at %s, and %d of them are promised to orders."
                                .formatted(level.onHand(), sku, level.location(), level.reserved()),
                        facts(level));
            case TooMuch(var level) ->
                Problem.of(
                        HttpStatus.CONFLICT,
                        "too_much_stock",
                        "%d of %s lie at %s already; so much more cannot be counted."
                                .formatted(level.onHand(), sku, level.location()),
                        facts(level));
        };
    }

    private static Map<String, ?> facts(Level level) {
        return Map.of(
                "location", level.location(),
                "on_hand", level.onHand(),
                "reserved", level.reserved(),
                "available", level.available());
    }

    @Requires(READ)
    @GetMapping("/locations")
    @Operation(summary = "The places where stock lies")
    List<Location> locations() {
        return inventory.locations();
    }

    @Requires(MOVE)
    @PostMapping("/locations")
    @Operation(summary = "Add a place where stock lies")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Location.class)))
    ResponseEntity<?> addLocation(@Valid @RequestBody NewLocation location, Caller caller, HttpServletRequest http) {
        var key = idempotency.optional(Idempotency.keysOf(http), caller.principal(), "POST /locations", location);
        return idempotency.once(
                key, () -> ResponseEntity.status(HttpStatus.CREATED).body(inventory.addLocation(location)));
    }

    /** One that another server has just created is looked for once more before it is called unknown. */
    private Article article(String sku) {
        var article = catalog.assortment().find(sku);
        if (article == null) article = catalog.refresh().find(sku);
        if (article == null) throw Refusal.notFound("article");
        return article;
    }
}
