package kontor.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A run for programs: all of it. Rates are per second, memory is MiB; other units are in the names. */
final class ReportJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(included -> included.withValueInclusion(JsonInclude.Include.ALWAYS))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private ReportJson() {}

    private record Run(
            String at,
            String commit,
            boolean partial,
            Asked options,
            Machine machine,
            Reference reference,
            List<Held> goals,
            List<Measurement> measurements,
            List<String> notes,
            List<String> failures) {}

    private record Asked(
            List<String> only,
            boolean quick,
            double measuredSeconds,
            double warmUpSeconds,
            int slices,
            int rounds,
            long orders,
            boolean profile) {}

    private record Reference(
            @Nullable String variant,
            @Nullable Double perSecond,
            @Nullable Double drift,
            List<Raw> variants) {}

    private record Raw(
            String variant,
            boolean counts,
            double meanPerSecond,
            @Nullable Double drift,
            List<Measurement> before,
            List<Measurement> after) {}

    private record Held(
            Goal goal,
            String title,
            double figure,
            String unit,
            @Nullable Double heldAgainst,
            double score,
            String scoreInWords,
            double target,
            String targetInWords,
            boolean reached) {}

    private record Measurement(
            String part,
            @Nullable Goal goal,
            String what,
            int clients,
            long done,
            double seconds,
            double perSecond,
            double p50Millis,
            double p99Millis,
            double slowestMillis,
            Map<String, Long> otherAnswers,
            Map<String, Double> cpuMicrosEach) {}

    static String of(Report report) {
        return JSON.writeValueAsString(new Run(
                        report.at().toString(),
                        report.commit(),
                        report.partial(),
                        asked(report.options()),
                        report.machine(),
                        reference(report.raw()),
                        report.findings().stream().map(ReportJson::held).toList(),
                        report.measured().stream()
                                .map(entry -> measurement(entry.part(), entry.goal(), entry.measured()))
                                .toList(),
                        report.notes(),
                        report.failures()))
                + "\n";
    }

    /** Without the folder of the data, which is nobody's business. */
    private static Asked asked(Options options) {
        return new Asked(
                options.figures(),
                options.quick(),
                options.measured().toMillis() / 1e3,
                options.warmUp().toMillis() / 1e3,
                options.slices(),
                options.rounds(),
                options.orders(),
                options.profile());
    }

    private static Reference reference(RawSpeed raw) {
        return new Reference(
                raw.best().map(best -> best.variant().words()).orElse(null),
                raw.best().map(RawSpeed.Figure::mean).orElse(null),
                raw.best().isPresent() ? raw.drift() : null,
                raw.figures().stream().map(ReportJson::raw).toList());
    }

    private static Raw raw(RawSpeed.Figure figure) {
        return new Raw(
                figure.variant().words(),
                figure.counts(),
                figure.mean(),
                figure.counts() ? figure.drift() : null,
                measurements("before Kontor", figure.before()),
                measurements("after Kontor", figure.after()));
    }

    private static List<Measurement> measurements(String part, List<Measured> measured) {
        return measured.stream().map(each -> measurement(part, null, each)).toList();
    }

    private static Held held(Finding finding) {
        var goal = finding.goal();
        return new Held(
                goal,
                goal.title(),
                finding.measured(),
                goal.unit(),
                goal.base() == Goal.Base.NOTHING ? null : finding.measured() / finding.score(),
                finding.score(),
                goal.inWords(finding.score()),
                goal.target(),
                goal.targetInWords(),
                finding.reached());
    }

    private static Measurement measurement(String part, @Nullable Goal goal, Measured measured) {
        return new Measurement(
                part,
                goal,
                measured.what(),
                measured.clients(),
                measured.done(),
                measured.seconds(),
                measured.perSecond(),
                measured.p50Millis(),
                measured.p99Millis(),
                measured.slowest() / 1e6,
                new TreeMap<>(measured.others()),
                new TreeMap<>(measured.cpu()));
    }
}
