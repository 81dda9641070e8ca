package kontor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command of the launcher, running as everybody runs it. */
final class Command implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Path log;

    private Command(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param log where it writes
     * @param settings as environment variables; those of whoever runs the benchmark do not count
     */
    static Command start(Project project, Path log, Map<String, String> settings, String... arguments)
            throws IOException {
        var command = new ArrayList<>(List.of(project.launcher().toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("KONTOR_") && !name.equals("KONTOR_JAVA_OPTS"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.putAll(settings);
        return new Command(builder.start(), log);
    }

    /** The launcher hands its process over, so that this is the server itself. */
    long pid() {
        return process.pid();
    }

    /** @throws IllegalStateException with the end of what it said, when it has ended */
    void requireAlive() {
        if (!process.isAlive())
            throw new IllegalStateException("It ended with %d: %s".formatted(process.exitValue(), said()));
    }

    /** Waits for its end. @return its exit code */
    int await(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
            throw new IllegalStateException("It has not ended after " + patience);
        return process.exitValue();
    }

    /** The last lines that it wrote. */
    String said() {
        return lastLines(5);
    }

    /** The last line that it wrote. */
    String conclusion() {
        return lastLines(1);
    }

    private String lastLines(int count) {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
        } catch (IOException e) {
            return "see " + log;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
