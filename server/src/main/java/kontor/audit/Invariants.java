package kontor.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads what must be true from this package's SQL files. Paragraphs are separated by blank lines. One that begins with an
 * id alone on a comment line is an invariant: the comment lines after it are its sentence, the rest is its query.
 */
final class Invariants {
    private static final List<String> FILES = List.of(
            "ledger.sql",
            "payments.sql",
            "reconciliation.sql",
            "orders.sql",
            "inventory.sql",
            "accounts.sql",
            "auditlog.sql",
            "database.sql");
    private static final String COMMENT = "-- ";

    private Invariants() {}

    /** All of them, in the order of the files. */
    static List<Invariant> all() {
        var all = new ArrayList<Invariant>();
        for (var file : FILES) {
            for (var paragraph : read(file).split("\n\n", -1)) {
                var lines = paragraph.strip().lines().toList();
                if (lines.getFirst().matches(COMMENT + "[a-z_]+")) all.add(invariant(lines));
            }
        }
        return List.copyOf(all);
    }

    private static Invariant invariant(List<String> lines) {
        var behindSentence = 1;
        while (lines.get(behindSentence).startsWith(COMMENT)) behindSentence++;
        return new Invariant(
                lines.getFirst().substring(COMMENT.length()),
                lines.subList(1, behindSentence).stream()
                        .map(line -> line.substring(COMMENT.length()))
                        .collect(Collectors.joining(" ")),
                String.join("\n", lines.subList(behindSentence, lines.size())));
    }

    private static String read(String file) {
        try (var text = Invariants.class.getResourceAsStream(file)) {
            if (text == null) throw new IOException(file + " is not on the class path");
            return new String(text.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
