package kontor.orders.imports;

import java.util.Locale;

/** How far an import has come. */
public enum ImportState {
    RUNNING,
    COMPLETED,
    FAILED,
    /** The server stopped in the middle. What was imported by then is whole; importing again brings the rest. */
    INTERRUPTED;

    private final String code = name().toLowerCase(Locale.ROOT);

    String code() {
        return code;
    }

    static ImportState ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
