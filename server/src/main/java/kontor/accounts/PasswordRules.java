package kontor.accounts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kontor.web.Refusal.FieldError;
import org.jspecify.annotations.Nullable;

/**
 * The rule for passwords: 8 to 128 characters of any kind, and nothing that everybody would try. Refused are the
 * passwords and words of {@code common-passwords.txt}, the user's own name and address, each in any case and with up to
 * six digits or signs around it, and short rows of digits.
 */
final class PasswordRules {
    static final int SHORTEST = 8;
    static final int LONGEST = 128;
    private static final int DECORATION = 6;
    private static final int SHORTEST_NUMBER = 12;

    private PasswordRules() {}

    static Optional<FieldError> faultIn(@Nullable String password, @Nullable String name, @Nullable String email) {
        if (password == null) return fault("required", "is missing");
        if (password.length() > LONGEST * 2) return fault("too_long", "must have at most " + LONGEST + " characters");
        return faultInNormal(Passwords.normal(password), name, email);
    }

    /** In the form that is hashed, so that no other way of writing a common word is taken. */
    private static Optional<FieldError> faultInNormal(String password, @Nullable String name, @Nullable String email) {
        var length = password.codePointCount(0, password.length());
        if (length < SHORTEST) return fault("too_short", "must have at least " + SHORTEST + " characters");
        if (length > LONGEST) return fault("too_long", "must have at most " + LONGEST + " characters");
        if (password.codePoints().anyMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE))
            return fault("invalid", "must not contain NUL or half characters");
        var plain = password.toLowerCase(Locale.ROOT);
        if (about(plain, own(name, email)::contains))
            return fault("too_personal", "must not be your name or e-mail address");
        if (about(plain, Common.WORDS::contains)
                || (length < SHORTEST_NUMBER && plain.chars().allMatch(Character::isDigit)))
            return fault("too_common", "is one of the first that anybody would try; choose another");
        return Optional.empty();
    }

    private static Set<String> own(@Nullable String name, @Nullable String email) {
        return Stream.of(name, name == null ? null : name.replace(" ", ""), email, before(email, '@'))
                .filter(word -> word != null && !word.isBlank())
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static @Nullable String before(@Nullable String text, char end) {
        return text == null || text.indexOf(end) < 0 ? text : text.substring(0, text.indexOf(end));
    }

    /** Whether {@code password} is one of the words, as it stands or without what decorates its ends. */
    private static boolean about(String password, Predicate<String> words) {
        if (words.test(password)) return true;
        var start = 0;
        while (start < password.length() && !Character.isLetter(password.charAt(start))) start++;
        var end = password.length();
        while (end > start && !Character.isLetter(password.charAt(end - 1))) end--;
        return password.length() - (end - start) <= DECORATION && words.test(password.substring(start, end));
    }

    private static Optional<FieldError> fault(String code, String message) {
        return Optional.of(new FieldError("password", code, message));
    }

    private static final class Common {
        static final Set<String> WORDS = read();

        private static Set<String> read() {
            try (var file = PasswordRules.class.getResourceAsStream("common-passwords.txt")) {
                if (file == null) throw new IllegalStateException("common-passwords.txt is not in the jar");
                return new BufferedReader(new InputStreamReader(file, java.nio.charset.StandardCharsets.UTF_8))
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .collect(Collectors.toUnmodifiableSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
