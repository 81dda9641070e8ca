package kontor.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The code that an article is ordered and counted by: 1 to 64 printable ASCII characters that can stand in an address,
 * so no space, slash, backslash, semicolon or percent sign, and not only dots. Case counts.
 */
public record Sku(@JsonValue String value) {
    static final String FORM = "(?!\\.+$)[!-$&-.0-:<-\\[\\]-~]{1,64}";
    static final String RULE = "must be 1 to 64 printable ASCII characters without space, slash, backslash, ; and %";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    /** @throws IllegalArgumentException when no article can have this code */
    public Sku {
        if (!isOne(value)) throw new IllegalArgumentException("A SKU " + RULE);
    }

    static boolean isOne(String value) {
        return PATTERN.matcher(value).matches();
    }
}
