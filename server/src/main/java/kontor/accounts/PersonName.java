package kontor.accounts;

import java.util.Optional;
import kontor.web.PlainText;
import kontor.web.Refusal.FieldError;
import org.jspecify.annotations.Nullable;

/**
 * The rule for names: 1 to 200 characters in any script, at least one of them visible. Control characters, halves of
 * surrogate pairs and marks that turn the direction of the text around them are refused; everything else is kept as it is.
 */
public final class PersonName {
    private static final int LONGEST = 200;

    private PersonName() {}

    /** What is wrong with a name that a caller has sent as {@code name}; nothing when it is fine. */
    public static Optional<FieldError> faultIn(@Nullable String name) {
        if (name == null) return fault("required", "is missing");
        var kept = name.strip();
        if (kept.codePoints().noneMatch(PersonName::isVisible)) return fault("not_blank", "must not be empty");
        if (kept.codePointCount(0, kept.length()) > LONGEST)
            return fault("too_long", "must have at most " + LONGEST + " characters");
        if (!PlainText.Check.isPlain(kept, false) || kept.codePoints().anyMatch(PersonName::misleads))
            return fault("invalid", "must not contain control characters or marks that change the direction of text");
        return Optional.empty();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Breaks of lines and paragraphs, and the embeddings, overrides and isolates of Unicode Standard Annex 9. */
    private static boolean misleads(int c) {
        return c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }

    private static Optional<FieldError> fault(String code, String message) {
        return Optional.of(new FieldError("name", code, message));
    }
}
