package kontor.accounts;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import kontor.web.PlainText;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;
import org.jspecify.annotations.Nullable;

/**
 * What shall be different about a user; what is null stays as it is.
 *
 * @param name see {@link PersonName}
 * @param locale a language and perhaps more, in the form of BCP 47
 * @param timeZone a name of IANA's database
 */
record UserChange(
        @Nullable @Schema(maxLength = 200, example = "Ann Lee")
        String name,

        @Nullable @Schema(maxLength = 35, example = "de-CH") String locale,

        @Nullable @Schema(maxLength = 64, example = "Europe/Berlin")
        String timeZone) {
    private static final int LONGEST_LOCALE = 35;
    private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    /** @throws Refusal 422 that names every field that breaks a rule */
    UserChange checked() {
        for (var text : Arrays.asList(name, locale, timeZone)) if (text != null) PlainText.Check.refuseCardData(text);
        var faults = Stream.of(
                        name == null ? Optional.<FieldError>empty() : PersonName.faultIn(name),
                        localeFault(),
                        zoneFault())
                .flatMap(Optional::stream)
                .toList();
        if (!faults.isEmpty()) throw Refusal.ofFields(faults);
        return new UserChange(name == null ? null : name.strip(), locale == null ? null : canonical(locale), timeZone);
    }

    private Optional<FieldError> localeFault() {
        return locale == null || isLocale(locale)
                ? Optional.empty()
                : Optional.of(new FieldError("locale", "unknown", "must be a language such as de or de-CH"));
    }

    private Optional<FieldError> zoneFault() {
        return timeZone == null || isZone(timeZone)
                ? Optional.empty()
                : Optional.of(
                        new FieldError("time_zone", "unknown", "must be a time zone such as Europe/Berlin or UTC"));
    }

    private static boolean isZone(String name) {
        return (name.contains("/") || name.equals("UTC"))
                && !name.startsWith("SystemV/")
                && ZoneId.getAvailableZoneIds().contains(name);
    }

    private static boolean isLocale(String tag) {
        if (tag.length() > LONGEST_LOCALE) return false;
        try {
            var locale = new Locale.Builder().setLanguageTag(tag).build();
            return LANGUAGES.contains(locale.getLanguage())
                    && (locale.getCountry().isEmpty() || COUNTRIES.contains(locale.getCountry()));
        } catch (IllformedLocaleException e) {
            return false;
        }
    }

    private static String canonical(String tag) {
        return new Locale.Builder().setLanguageTag(tag).build().toLanguageTag();
    }
}
