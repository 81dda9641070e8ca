package kontor.orders.imports;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a file of orders. Imported, already there and set aside come to the source, line for line and penny for
 * penny.
 *
 * @param problem why it failed
 * @param documents by what became of them: sales and credits, each whole
 * @param totals one for each currency
 * @param outcomes what the lines became
 * @param setAside the first lines that were set aside; {@code lines} is where all of them are, and all others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderImportReport(
        long id,
        ImportState state,
        ImportFormat format,
        boolean dryRun,
        boolean settled,
        Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String problem,
        Documents documents,
        List<Totals> totals,
        List<Count> outcomes,
        List<ImportedLine> setAside,
        @Schema(example = "/orders/imports/1/lines") String lines) {

    /**
     * How many sales and credits.
     *
     * @param orders imported as orders
     * @param credits imported as credits
     * @param setAside nothing of them was imported
     */
    public record Documents(long orders, long credits, long alreadyThere, long setAside) {}

    /** @param currency null for lines of which not even the currency could be read */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Totals(@Nullable String currency, Sum source, Sum imported, Sum alreadyThere, Sum setAside) {}

    /**
     * @param amount in minor units, below zero for what was given back. A source that names fractions of a penny gives it
     *     decimals: those lines are set aside, and still add up
     */
    public record Sum(long lines, BigDecimal amount) {
        Sum plus(Sum other) {
            return new Sum(lines + other.lines, plain(amount.add(other.amount)));
        }
    }

    static final Sum NOTHING = new Sum(0, BigDecimal.ZERO);

    /** Lines that became the same. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Count(
            Outcome outcome,
            @Nullable Reason reason,
            @Nullable String currency,
            long lines,
            BigDecimal amount) {}

    /** Without decimals that say nothing, and never as 1E+3. */
    static BigDecimal plain(BigDecimal amount) {
        var stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
