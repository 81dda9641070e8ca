package kontor.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads {@code planted-violations.sql}: paragraphs that begin with {@code -- invariant: what}, and what they build on. */
final class Plants {
    private static final String WITHOUT_GUARD = " (without its guard)";
    private static final String PICKS = "-- picks\n";

    private Plants() {}

    static List<Plant> all() throws IOException {
        var plants = new ArrayList<Plant>();
        for (var paragraph : paragraphs()) {
            var lines = paragraph.lines().toList();
            var colon = lines.getFirst().indexOf(": ");
            if (!lines.getFirst().matches("-- [a-z_]+: .*") || colon < 0) continue;
            var what = lines.getFirst().substring(colon + 2);
            plants.add(new Plant(
                    lines.getFirst().substring("-- ".length(), colon),
                    what.replace(WITHOUT_GUARD, ""),
                    what.endsWith(WITHOUT_GUARD),
                    lines.stream().skip(1).collect(Collectors.joining("\n"))));
        }
        return plants;
    }

    /** What the plants' statements refer to. */
    static String picks() throws IOException {
        return paragraphs().stream()
                .filter(paragraph -> paragraph.startsWith(PICKS))
                .collect(Collectors.joining())
                .substring(PICKS.length());
    }

    private static List<String> paragraphs() throws IOException {
        try (var file = Plants.class.getResourceAsStream("planted-violations.sql")) {
            if (file == null) throw new IOException("planted-violations.sql is not on the class path");
            return List.of(new String(file.readAllBytes(), UTF_8).split("\n\n", -1));
        }
    }
}
