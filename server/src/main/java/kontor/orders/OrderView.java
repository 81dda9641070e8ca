package kontor.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * An order as the API shows it.
 *
 * @param externalId the number that an imported order had where it came from
 * @param externalCustomer the number that its customer had there
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderView(
        long id,
        String number,
        OrderStatus status,
        PaymentState paymentStatus,
        FulfilmentState fulfilmentStatus,
        @Nullable Long customerId,
        @Nullable String email,
        String currency,
        List<Line> lines,
        Money subtotal,
        Money discount,
        Money shipping,
        Money tax,
        Money total,
        @Nullable String shippingOption,
        @Nullable Address shippingAddress,
        List<Payment> payments,
        @Nullable String externalId,
        @Nullable String externalCustomer,
        Instant createdAt) {

    /** One article, how many, and at which price it was bought. */
    public record Line(String sku, String name, long quantity, Money unitPrice, Money total) {}

    /**
     * One attempt to pay.
     *
     * @param action where the buyer must go to confirm; only while the gateway waits for that
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Payment(
            long id,
            String method,
            @Nullable String gateway,
            String status,
            Money amount,
            @Nullable String action) {}
}
