package kontor.catalog;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** A product's name in addresses: {@code white-metal-lantern}. */
final class Slug {
    static final String FORM = "(?!(import|export)$)(?=.{1,200}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*";
    static final String RULE =
            "must be up to 200 letters a-z and digits in groups joined by -, at least one of them a letter";
    private static final Pattern PATTERN = Pattern.compile(FORM);
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");
    private static final int LONGEST_MADE = 170; // leaves room for a number behind it

    private Slug() {}

    static boolean isOne(String text) {
        return PATTERN.matcher(text).matches();
    }

    /** Makes one of a product's name. A name without a Latin letter leaves nothing, and becomes {@code product}. */
    static String of(String name) {
        var letters =
                MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD)).replaceAll("");
        var slug = OTHERS.matcher(letters.toLowerCase(Locale.ROOT)).replaceAll("-");
        if (slug.length() > LONGEST_MADE) slug = slug.substring(0, LONGEST_MADE);
        slug = slug.replaceAll("^-|-$", "");
        if (isOne(slug)) return slug;
        return slug.isEmpty() ? "product" : "product-" + slug;
    }
}
