package kontor.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import kontor.database.CannotStart;
import kontor.database.Database;
import kontor.database.DatabaseSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./kontor audit}: checks every invariant on the configured database, beside a server that is running or without
 * one. No part of the server is started for it.
 */
public final class AuditCommand {
    private static final int READERS = 2;
    private final PrintStream out;

    AuditCommand(PrintStream out) {
        this.out = out;
    }

    /**
     * @param options settings as {@code --name=value}; {@code --json} for a report that machines read
     * @return the exit code: 0 when everything holds, 1 when something does not
     * @throws CannotStart when the audit could not be done
     */
    public static int run(String[] options) {
        try {
            var environment = environment(options);
            speakOnlyOfTrouble(environment);
            return new AuditCommand(System.out)
                    .run(environment, Arrays.asList(options).contains("--json"));
        } catch (CannotStart | BindException e) { // told in one sentence by the caller
            throw e;
        } catch (RuntimeException e) { // never to be taken for a broken invariant
            throw new CannotStart("The audit could not be done: " + e, e);
        }
    }

    /** Settings as the server finds them: options, environment, application.yaml, mounted files. */
    static ConfigurableEnvironment environment(String[] options) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(options));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        return environment;
    }

    private static void speakOnlyOfTrouble(ConfigurableEnvironment environment) {
        var logging = LoggingSystem.get(AuditCommand.class.getClassLoader());
        logging.beforeInitialize();
        logging.initialize(new LoggingInitializationContext(environment), null, null);
        logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
    }

    int run(ConfigurableEnvironment environment, boolean json) {
        var settings = Binder.get(environment).bindOrCreate("kontor.db", DatabaseSettings.class);
        var data = Path.of(environment.getProperty("kontor.data", ".kontor"));
        try (var database = Database.openForReading(settings, data)) {
            var audit = new Audit();
            var report = audit.run(database.pool(), READERS, json ? _ -> {} : this::print);
            if (json) out.println(json(report));
            else out.println(conclusion(report));
            return report.holds() ? 0 : 1;
        } catch (SQLException e) {
            throw new CannotStart(sentence(e), e);
        }
    }

    private void print(Finding finding) {
        var invariant = finding.invariant();
        out.printf("%-6s  %s%n        %s%n", finding.holds() ? "ok" : "BROKEN", invariant.id(), invariant.sentence());
        if (finding.holds()) return;
        for (var row : finding.rows()) out.println("          " + text(row));
        var more = finding.violations() - finding.rows().size();
        if (more > 0) out.printf(Locale.ROOT, "          … and %,d more%n", more);
    }

    private static String text(Map<String, @Nullable Object> row) {
        return row.entrySet().stream()
                .map(column -> column.getKey() + "=" + column.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String conclusion(Report report) {
        var seconds = report.took().toMillis() / 1000.0;
        var count = report.findings().size();
        var broken = report.broken().stream()
                .map(finding -> finding.invariant().id())
                .toList();
        return broken.isEmpty()
                ? String.format(
                        Locale.ROOT, "All %d invariants hold, as of %s (%.1f s).", count, report.asOf(), seconds)
                : String.format(
                        Locale.ROOT,
                        "%d of %d invariants are broken, as of %s (%.1f s): %s",
                        broken.size(),
                        count,
                        report.asOf(),
                        seconds,
                        String.join(", ", broken));
    }

    private static String json(Report report) {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(included -> included.withValueInclusion(JsonInclude.Include.ALWAYS))
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(ReportView.of(report));
    }

    private static String sentence(SQLException e) {
        var state = String.valueOf(e.getSQLState());
        return state.equals("42P01") || state.equals("42703") || state.equals("3F000")
                ? "The tables are of another version of Kontor than this one. Start this one on them first, or audit with the other."
                : "The audit could not be finished: " + e.getMessage();
    }
}
