package kontor.orders.imports;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the Online Retail data set means by an invoice's number and a stock code that is no article's. Everything else,
 * manual charges ({@code M}) and samples ({@code S}) included, is treated as goods: without an article of that code, it
 * becomes a line that has none.
 */
final class Codes {
    private static final Pattern CANCELLATION = Pattern.compile("C[0-9].*");
    private static final Pattern ADJUSTMENT = Pattern.compile("A[0-9].*"); // A563185: "Adjust bad debt"
    private static final Set<String> SHIPPING = Set.of("POST", "DOT", "C2"); // postage, dotcom postage, carriage
    private static final Set<String> OWN_COSTS = Set.of("AMAZONFEE", "BANK CHARGES", "CRUK", "B");

    private Codes() {}

    static boolean isCancellation(String invoice) {
        return CANCELLATION.matcher(invoice).matches();
    }

    /** A fee that the shop has charged a customer is part of that sale; without one it is the shop's own cost. */
    static Role roleOf(String invoice, String code, @Nullable String customer) {
        if (ADJUSTMENT.matcher(invoice).matches()) return Role.BOOKKEEPING;
        if (OWN_COSTS.contains(code) && customer == null) return Role.BOOKKEEPING;
        if (SHIPPING.contains(code)) return Role.SHIPPING;
        return code.equals("D") ? Role.DISCOUNT : Role.GOODS;
    }
}
