package kontor.web;

/**
 * What looks like the number of a card: 13 to 19 digits that begin like one (ISO/IEC 7812: 3 to 6, and 2221 to 2720 of the
 * newer Mastercards) and whose Luhn sum fits. The beginning keeps the names that gateways give to stored cards apart, of
 * which one in ten has such a sum.
 */
public final class CardNumber {
    public static final int SHORTEST = 13;
    public static final int LONGEST = 19;

    private CardNumber() {}

    /** @param digits nothing but {@code 0} to {@code 9}, of any length */
    public static boolean isOne(CharSequence digits) {
        return digits.length() >= SHORTEST && digits.length() <= LONGEST && beginsLikeOne(digits) && luhn(digits);
    }

    private static boolean beginsLikeOne(CharSequence digits) {
        var first = digits.charAt(0);
        if (first >= '3' && first <= '6') return true;
        var four = Integer.parseInt(digits, 0, 4, 10);
        return four >= 2221 && four <= 2720;
    }

    private static boolean luhn(CharSequence digits) {
        var sum = 0;
        for (var i = 0; i < digits.length(); i++) {
            var digit = digits.charAt(digits.length() - 1 - i) - '0';
            if (i % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }
}
