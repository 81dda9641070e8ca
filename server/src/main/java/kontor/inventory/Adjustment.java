package kontor.inventory;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import kontor.catalog.StockCounts;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * @param delta not 0
 * @param reason a word or a sentence: received, damaged, counted
 * @param location its code; null for the one that orders are filled from
 */
record Adjustment(
        @NotNull @Min(-StockCounts.MOST) @Max(StockCounts.MOST)
        Long delta,

        @NotBlank @Size(max = 200) @PlainText String reason,
        @Nullable @PlainText String location) {}
