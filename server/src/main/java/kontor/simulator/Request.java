package kontor.simulator;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request, as far as anybody looks at it.
 *
 * @param path without its query
 * @param headers by name, in any case
 */
record Request(String method, String path, String query, String body, Function<String, @Nullable String> headers) {
    @Nullable
    String header(String name) {
        return headers.apply(name);
    }
}
