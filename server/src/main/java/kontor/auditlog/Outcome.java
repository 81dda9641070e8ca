package kontor.auditlog;

import java.util.Locale;

/** What came of an act. */
enum Outcome {
    DONE,
    REFUSED;

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
