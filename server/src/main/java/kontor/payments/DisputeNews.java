package kontor.payments;

import java.util.Locale;
import kontor.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway says of a dispute: a buyer wants money back through their bank.
 *
 * @param reference the gateway's name of the dispute
 * @param amount that is disputed; never more than the payment's captured amount
 * @param withdrawn whether the gateway has taken the amount from our balance, at the time of the message
 * @param reason in the gateway's words, such as {@code fraudulent}
 * @param movements how often the amount has moved by then at least: 1 taken, 2 given back, 3 taken again; {@code null}
 *     where the gateway's messages tell no more than {@code withdrawn}
 */
public record DisputeNews(
        String reference,
        Money amount,
        Status status,
        boolean withdrawn,
        @Nullable String reason,
        @Nullable Integer movements) {
    /** Of a gateway that tells where the money is, and not how it came there. */
    public DisputeNews(String reference, Money amount, Status status, boolean withdrawn, @Nullable String reason) {
        this(reference, amount, status, withdrawn, reason, null);
    }

    /** How far it has come. {@code WON}: the money is ours; {@code LOST}: it is gone. */
    public enum Status {
        OPEN,
        WON,
        LOST;

        private final String code = name().toLowerCase(Locale.ROOT);

        public String code() {
            return code;
        }

        public static Status ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
