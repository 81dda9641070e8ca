package kontor.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;

/** B11: how long a start takes on a folder that was used before, and what an idle server costs. */
final class StartFigures {
    private static final int STARTS = 3;
    private static final int IDLE_SECONDS = 10;

    private final Project project;
    private final Progress progress;
    private final Results results;

    StartFigures(Project project, Progress progress, Results results) {
        this.project = project;
        this.progress = progress;
        this.results = results;
    }

    void measure(Path data) throws Exception {
        progress.heading("Starting");
        var seconds = new ArrayList<Double>();
        var resident = 0.0;
        for (var start = 1; start <= STARTS; start++) {
            try (var server = Server.start(project, data, Map.of())) {
                seconds.add(server.readyAfter().toNanos() / 1e9);
                progress.note("ready after %s s".formatted(Figures.plain(seconds.getLast())));
                if (start < STARTS) continue;
                Thread.sleep(1_000L * IDLE_SECONDS);
                resident = server.residentMebibytes();
                progress.note(
                        "%s MiB resident after %d s without work".formatted(Figures.plain(resident), IDLE_SECONDS));
            }
        }
        seconds.sort(null);
        results.set(Goal.B11, seconds.get(STARTS / 2));
        results.set(Goal.B11_IDLE, resident);
    }
}
