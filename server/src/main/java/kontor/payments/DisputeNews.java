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
 */
public record DisputeNews(
        String reference,
        Money amount,
        Status status,
        boolean withdrawn,
        @Nullable String reason) {
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
