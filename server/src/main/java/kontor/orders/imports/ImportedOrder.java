package kontor.orders.imports;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import kontor.money.Money;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * A line of an NDJSON import: a sale, or a credit that takes back what was sold. Amounts are zero or more, on credits as
 * well.
 *
 * @param externalId its number where it comes from; imported once and never again
 * @param type a sale when null
 * @param placedAt when it was ordered or credited
 * @param customer the customer's number where it comes from; none for guests
 * @param discount taken off the whole order; not on credits
 * @param tax on top of the prices; not on credits
 */
record ImportedOrder(
        @NotBlank @Size(max = 64) @PlainText(barCodes = true) @Schema(example = "536365")
        String externalId,

        @Nullable Type type,
        @NotNull Instant placedAt,
        @NotNull Currency currency,

        @Nullable @Size(min = 1, max = 200) @PlainText @Schema(example = "17850")
        String customer,

        @Nullable @Email @Size(min = 3, max = 254) @PlainText
        String email,

        @Nullable @Size(min = 1, max = 200) @PlainText @Schema(example = "United Kingdom")
        String country,

        @NotNull @Size(min = 1, max = MOST_LINES) List<@NotNull @Valid Line> lines,
        @Nullable Money discount,
        @Nullable Money shipping,
        @Nullable Money tax) {
    static final int MOST_LINES = 10_000;

    enum Type {
        SALE,
        CREDIT
    }

    /** @param name as it was then */
    record Line(
            @NotBlank @Size(max = 64) @PlainText(barCodes = true) @Schema(example = "85123A")
            String sku,

            @Nullable @Size(max = 200) @PlainText String name,

            @Positive @Max(999_999_999) long quantity,
            @NotNull Money unitPrice) {}

    boolean isCredit() {
        return type == Type.CREDIT;
    }

    /** What is wrong with its amounts; null when nothing is. */
    @Nullable
    String fault() {
        if (isCredit() && (discount != null || tax != null)) return "A credit has neither discount nor tax.";
        var amounts = Stream.concat(lines.stream().map(Line::unitPrice), Stream.of(discount, shipping, tax))
                .filter(Objects::nonNull)
                .toList();
        for (var amount : amounts) {
            if (amount.minorUnits() < 0) return "An amount is below zero.";
            if (!amount.currency().equals(currency)) return "An amount is in another currency than the order.";
        }
        return null;
    }
}
