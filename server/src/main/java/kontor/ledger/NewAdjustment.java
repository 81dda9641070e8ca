package kontor.ledger;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import kontor.web.PlainText;

/**
 * A posting that staff make by hand.
 *
 * @param entries in one currency; they sum to zero
 * @param note why
 */
record NewAdjustment(
        @NotNull Kind kind,
        @NotNull @Size(min = 2, max = 100) List<@NotNull @Valid Side> entries,
        @NotBlank @Size(max = 1000) @PlainText(lines = true) String note) {
    /** What staff may post: what is given up, and what only moves from one account to another. */
    enum Kind {
        WRITE_OFF,
        MOVEMENT;

        /** As it stands in the database. */
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param account its code */
    record Side(
            @NotNull @PlainText String account,
            @NotNull @Valid SignedAmount amount) {}

    /** An amount with a sign, bounded so that sums fit. */
    @Schema(name = "SignedAmount", description = "Minor units of the currency: a debit above zero, a credit below")
    record SignedAmount(
            @NotNull @Min(-MOST) @Max(MOST) @Schema(example = "-1999")
            Long amount,

            @NotNull @Schema(type = "string", example = "EUR", description = "ISO 4217 code")
            Currency currency) {
        static final long MOST = 1_000_000_000_000L;
    }
}
