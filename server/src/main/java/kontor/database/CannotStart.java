package kontor.database;

import org.jspecify.annotations.Nullable;

/**
 * Kontor cannot start, and the person at the terminal can do something about it: the message is one sentence for them,
 * printed alone, and the process ends with exit code 2.
 */
public class CannotStart extends RuntimeException {
    public CannotStart(String message) {
        this(message, null);
    }

    public CannotStart(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
