package kontor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Everything that came of a run, as it is kept.
 *
 * @param commit that was measured
 * @param raw the reference and what it comes from
 * @param notes what a reader of the figures must know
 * @param failures what should have become a figure and did not
 */
record Report(
        Instant at,
        String commit,
        Machine machine,
        Options options,
        RawSpeed raw,
        List<Finding> findings,
        List<Results.Entry> measured,
        List<String> notes,
        List<String> failures) {
    private static final DateTimeFormatter IN_NAMES =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter FOR_PEOPLE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    static Report of(Instant at, String commit, Machine machine, Options options, RawSpeed raw, Results results) {
        return new Report(
                at,
                commit,
                machine,
                options,
                raw,
                results.findings(raw.perSecond()),
                results.measured(),
                results.notes(),
                results.failures());
    }

    /** Whether only some figures were asked for. */
    boolean partial() {
        return !options.only().isEmpty();
    }

    /** Of its files, without their endings: {@code 2026-11-25T091500Z-1a2b3c4d5e}. */
    String name() {
        return IN_NAMES.format(at) + "-" + commit;
    }

    /** {@code 1a2b3c4d5e, 2026-11-25 09:15 UTC}. */
    String heading() {
        return commit + ", " + FOR_PEOPLE.format(at);
    }

    /** {@code A partial run: only B3, B5.}; "" for a full one. */
    String partialInWords() {
        return partial() ? "A partial run: only %s.".formatted(String.join(", ", options.figures())) : "";
    }

    /** Writes it in three forms: for programs, for readers, and for those who only look. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name() + ".json"), ReportJson.of(this));
        Files.writeString(folder.resolve(name() + ".md"), ReportTable.of(this));
        Files.writeString(folder.resolve(name() + ".svg"), ReportChart.of(this));
    }
}
