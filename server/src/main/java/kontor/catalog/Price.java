package kontor.catalog;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Currency;
import kontor.money.Money;

/** A price as somebody enters it: unlike other amounts never negative, and bounded so that order totals fit. */
@Schema(name = "Price", description = "An amount in the smallest unit of its currency, 0 or more")
record Price(
        @NotNull @PositiveOrZero @Max(Price.MOST) Long amount,

        @NotNull @Schema(type = "string", example = "GBP", description = "ISO 4217 code")
        Currency currency) {
    static final long MOST = 1_000_000_000_000L;

    Money money() {
        return new Money(amount, currency);
    }
}
