package kontor.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * Text that people write: no control characters (PostgreSQL cannot hold NUL, logs must not be forged), no halves of
 * surrogate pairs, and no card number, which must never reach this server at all.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PlainText.Check.class)
public @interface PlainText {
    String message() default "must not contain control characters";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Whether line breaks and tabs may stand in it. */
    boolean lines() default false;

    /** Whether long numbers may stand in it: staff write bar codes, some of which look like card numbers. */
    boolean barCodes() default false;

    /**
     * Whether a telephone number in its international form may stand in it, {@code +} and at most 15 digits (E.164): one in
     * ten has the sum of a card number.
     */
    boolean phone() default false;

    /** Looks at one text. */
    class Check implements ConstraintValidator<PlainText, String> {
        private static final String UUID_SHAPE = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
        private boolean lines;
        private static final Pattern INTERNATIONAL = Pattern.compile("\\+(?:[ ()./-]*[0-9]){1,15}[ ()./-]*");

        /** What is said of a card number that came in a file. */
        public static final String CARD_DATA = "A text looks like a card number, which must not be kept.";

        private boolean barCodes;
        private boolean phone;

        @Override
        public void initialize(PlainText annotation) {
            lines = annotation.lines();
            barCodes = annotation.barCodes();
            phone = annotation.phone();
        }

        @Override
        public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
            if (text == null) return true;
            if (!isPlain(text, lines)) return false;
            if (!barCodes && !(phone && INTERNATIONAL.matcher(text).matches())) refuseCardData(text);
            return true;
        }

        /** Whether a text that came another way has neither control characters nor halves of surrogate pairs. */
        public static boolean isPlain(String text, boolean lines) {
            for (var i = 0; i < text.length(); i++) {
                var c = text.charAt(i);
                if (Character.isISOControl(c) && !(lines && (c == '\n' || c == '\r' || c == '\t'))) return false;
                if (Character.isSurrogate(c)) {
                    if (!Character.isHighSurrogate(c)
                            || i + 1 == text.length()
                            || !Character.isLowSurrogate(text.charAt(i + 1))) return false;
                    i++;
                }
            }
            return true;
        }

        /** For text that has a rule of its own. @throws Refusal 422 when it holds a card number */
        public static void refuseCardData(String text) {
            if (holdsCardNumber(text)) throw cardData();
        }

        /**
         * Groups of digits with nothing but spaces and dashes between them that are a {@link CardNumber} together.
         * UUIDs are passed over: one in some hundreds holds such groups by chance.
         */
        public static boolean holdsCardNumber(String text) {
            if (text.length() < CardNumber.SHORTEST) return false;
            for (var i = 0; i < text.length(); i++) {
                if (isUuidAt(text, i)) i += UUID_SHAPE.length() - 1;
                else if (isDigit(text, i) && !isDigit(text, i - 1) && cardNumberStartsAt(text, i)) return true;
            }
            return false;
        }

        private static boolean cardNumberStartsAt(String text, int start) {
            var digits = new StringBuilder(CardNumber.LONGEST);
            for (var i = start; i < text.length() && digits.length() <= CardNumber.LONGEST; i++) {
                if (isDigit(text, i)) digits.append(text.charAt(i));
                else if (text.charAt(i) != ' ' && text.charAt(i) != '-') return false;
                var groupEnds = isDigit(text, i) && !isDigit(text, i + 1);
                if (groupEnds && CardNumber.isOne(digits)) return true;
            }
            return false;
        }

        private static boolean isDigit(String text, int i) {
            return i >= 0 && i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }

        private static boolean isUuidAt(String text, int start) {
            if (start + UUID_SHAPE.length() > text.length()) return false;
            if (start > 0 && Character.isLetterOrDigit(text.charAt(start - 1))) return false;
            for (var i = 0; i < UUID_SHAPE.length(); i++) {
                var c = text.charAt(start + i);
                if (UUID_SHAPE.charAt(i) == '-' ? c != '-' : Character.digit(c, 16) < 0) return false;
            }
            return true;
        }

        static Refusal cardData() {
            return new Refusal(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "card_data_refused",
                    "This looks like a card number. Card data must go to the payment gateway, never here.",
                    Map.of(),
                    List.of());
        }
    }
}
