package kontor.orders;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Currency;
import java.util.List;
import kontor.money.Money;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /orders}: everything in one call. Prices are the server's; {@code expectedTotal} is only compared with them.
 *
 * @param email needed from guests; signed-in buyers may name another address for this order
 * @param shippingOption null for nothing to ship
 */
public record OrderRequest(
        @NotNull @Schema(type = "string", example = "GBP") Currency currency,

        @Nullable
        @Size(max = 254)
        @Pattern(regexp = "[!-?A-~]+@[!-?A-~]+\\.[!-?A-~]+", message = "must be an e-mail address")
        @PlainText
        @Schema(example = "ann@example.org")
        String email,

        @NotEmpty @Size(max = 1000) List<@NotNull @Valid Line> lines,
        @Nullable @Valid Address shippingAddress,

        @Nullable @Size(max = 40) @PlainText @Schema(example = "standard")
        String shippingOption,

        @NotNull @Valid Payment payment,
        @Nullable Money expectedTotal) {

    /** How many of what. */
    public record Line(
            @NotBlank @Size(max = 64) @PlainText(barCodes = true) @Schema(example = "85123A")
            String sku,

            @Min(1) @Max(1_000_000) @Schema(example = "2") long quantity) {}

    /**
     * How it is paid: {@code invoice}, or {@code card} with a gateway and the gateway's token for the card.
     *
     * @param returnUrl where the buyer's browser comes back to after 3-D Secure: a path, or an address below one of
     *     {@code kontor.orders.return-origins}; without it a card that needs that is declined
     * @param capture whether a card's money is taken at once or only held; null for the shop's setting, and only for callers
     *     with orders:capture anything else
     */
    public record Payment(
            @NotNull
            @Pattern(regexp = "invoice|card", message = "must be invoice or card")
            @Schema(allowableValues = {"invoice", "card"})
            String method,

            @Nullable @Size(max = 40) @PlainText @Schema(example = "stripe")
            String gateway,

            @Nullable @Size(max = 255) @PlainText @Schema(example = "pm_card_visa")
            String token,

            @Nullable @Size(max = 2000) @PlainText String returnUrl,

            @Nullable
            @Pattern(regexp = "at_once|later", message = "must be at_once or later")
            @Schema(allowableValues = {"at_once", "later"})
            String capture) {

        boolean isCard() {
            return "card".equals(method);
        }
    }
}
