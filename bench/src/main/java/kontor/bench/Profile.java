package kontor.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where the time of a process goes, by Java Flight Recorder. Without {@code --profile} it does nothing. */
final class Profile {
    private static final List<String> VIEWS = List.of(
            "cpu-time-hot-methods",
            "hot-methods",
            "allocation-by-class",
            "allocation-by-site",
            "gc-pauses",
            "contention-by-site",
            "thread-cpu-load");

    /** A request runs through more filters than the recorder keeps by itself. */
    private static final int STACK_DEPTH = 200;

    private final boolean wanted;
    private final Path folder;
    private final Progress progress;
    private long pid;

    Profile(Options options, Project project, Progress progress) {
        this.wanted = options.profile();
        this.folder = project.scratch();
        this.progress = progress;
    }

    /** Starts a recording in the process. */
    void begin(long process) throws IOException, InterruptedException {
        if (!wanted) return;
        pid = process;
        run("jcmd", Long.toString(pid), "JFR.configure", "stackdepth=" + STACK_DEPTH);
        run(
                "jcmd",
                Long.toString(pid),
                "JFR.start",
                "name=bench",
                "settings=profile",
                "jdk.CPUTimeSample#enabled=true",
                "jdk.CPUTimeSample#throttle=4ms");
    }

    /** Ends it, and writes what it says to {@code <name>-profile.txt}. */
    void end(String name) throws IOException, InterruptedException {
        if (!wanted) return;
        var recording = folder.resolve(name + ".jfr");
        run("jcmd", Long.toString(pid), "JFR.stop", "name=bench", "filename=" + recording);
        var text = new StringBuilder(ProfileSummary.of(recording));
        for (var view : VIEWS) text.append(run("jfr", "view", "--width", "160", view, recording.toString()));
        var file = folder.resolve(name + "-profile.txt");
        Files.writeString(file, text);
        progress.note("where the time went: " + file);
    }

    private static String run(String tool, String... arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0)
            throw new IllegalStateException(String.join(" ", command) + ": " + output);
        return output;
    }
}
