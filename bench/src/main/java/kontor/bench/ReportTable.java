package kontor.bench;

import java.util.List;
import java.util.stream.Collectors;

/** A run for readers: tables in Markdown. */
final class ReportTable {
    private ReportTable() {}

    static String of(Report report) {
        var text = new StringBuilder("# Benchmark of " + report.heading() + "\n\n");
        if (report.partial()) text.append("**").append(report.partialInWords()).append("**\n\n");
        for (var failure : report.failures())
            text.append("**Failed: ").append(cell(failure)).append("**\n\n");
        text.append("![Each goal's score, relative to its target](")
                .append(report.name())
                .append(".svg)\n\n");
        goals(text, report.findings());
        notes(text, report.notes());
        reference(text, report.raw());
        measurements(text, report.measured());
        machine(text, report);
        return text.toString();
    }

    private static void goals(StringBuilder text, List<Finding> findings) {
        row(text, "Goal", "What", "Figure", "Score", "Target", "");
        text.append("|---|---|--:|--:|--:|---|\n");
        for (var finding : findings) {
            var goal = finding.goal();
            row(
                    text,
                    goal.figure(),
                    goal.title(),
                    Figures.plain(finding.measured()) + " " + goal.unit(),
                    goal.inWords(finding.score()),
                    goal.targetInWords(),
                    finding.reached() ? "reached" : "**not reached**");
        }
    }

    private static void notes(StringBuilder text, List<String> notes) {
        if (notes.isEmpty()) return;
        text.append('\n');
        for (var note : notes) text.append("- ").append(cell(note)).append('\n');
    }

    private static void reference(StringBuilder text, RawSpeed raw) {
        if (raw.figures().isEmpty()) return;
        text.append("\n## PostgreSQL alone, one order per transaction\n\n");
        raw.best()
                .ifPresent(best ->
                        text.append("\"raw\" is the best mean: %s, %,.0f /s. After Kontor all of them %+.1f %%.\n\n"
                                .formatted(best.variant().words(), best.mean(), 100 * raw.drift())));
        row(text, "Variant", "Mean /s", "Before Kontor", "After", "Drift");
        text.append("|---|--:|--:|--:|--:|\n");
        for (var figure : raw.figures())
            row(
                    text,
                    figure.variant().words(),
                    Figures.plain(figure.mean()),
                    rates(figure.before()),
                    rates(figure.after()),
                    figure.counts() ? "%+.1f %%".formatted(100 * figure.drift()) : "");
    }

    private static String rates(List<Measured> measured) {
        return measured.stream().map(each -> Figures.plain(each.perSecond())).collect(Collectors.joining(", "));
    }

    private static void measurements(StringBuilder text, List<Results.Entry> entries) {
        if (entries.isEmpty()) return;
        text.append("\n## Measurements\n\n");
        row(text, "Where", "What", "Goal", "Rate /s", "p50", "p99", "CPU µs each", "Other answers");
        text.append("|---|---|---|--:|--:|--:|---|---|\n");
        for (var entry : entries) {
            var measured = entry.measured();
            row(
                    text,
                    entry.part(),
                    measured.what(),
                    entry.goal() == null ? "" : entry.goal().figure(),
                    Figures.plain(measured.perSecond()),
                    Figures.millis(measured.p50()),
                    Figures.millis(measured.p99()),
                    measured.cpuInWords(),
                    measured.others().isEmpty() ? "" : measured.others().toString());
        }
    }

    private static void machine(StringBuilder text, Report report) {
        var machine = report.machine();
        var options = report.options();
        text.append("\n## Machine and options\n\n");
        row(text, "", "");
        text.append("|---|---|\n");
        row(text, "Processor", "%s, %d cores".formatted(machine.processor(), machine.cores()));
        row(text, "Memory", "%,d MiB".formatted(machine.memory()));
        row(text, "System", machine.system());
        row(text, "JDK", machine.jdk());
        machine.postgresql().forEach((name, value) -> row(text, "PostgreSQL " + name, value));
        row(
                text,
                "Measured",
                "%d s each, after %d s of warming up"
                        .formatted(
                                options.measured().toSeconds(), options.warmUp().toSeconds()));
        row(text, "Slices", "%d of Kontor, %d × 2 of PostgreSQL alone".formatted(options.slices(), options.rounds()));
        row(text, "Orders for B10", "%,d".formatted(options.orders()));
    }

    private static void row(StringBuilder text, String... cells) {
        text.append('|');
        for (var cell : cells) text.append(' ').append(cell(cell)).append(" |");
        text.append('\n');
    }

    /** In one line, and with nothing that would end the cell or begin an element. */
    static String cell(String text) {
        return text.replace("|", "\\|")
                .replace("<", "&lt;")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
