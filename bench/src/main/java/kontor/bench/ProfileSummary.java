package kontor.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Adds up the samples of a recording: which of our methods the time was spent in or below, and in which threads. */
final class ProfileSummary {
    private static final int LINES = 40;

    private final Map<String, Long> ours = new HashMap<>();
    private final Map<String, Long> anywhere = new HashMap<>();
    private final Map<String, Long> threads = new HashMap<>();
    private long samples;

    private ProfileSummary() {}

    static String of(Path recording) throws IOException {
        var summary = new ProfileSummary();
        var byTime = 0L;
        try (var file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                var event = file.readEvent();
                if (event.getEventType().getName().equals("jdk.CPUTimeSample")) summary.add(event);
                else if (event.getEventType().getName().equals("jdk.ExecutionSample")) byTime++;
            }
        }
        return "%d samples of processor time, %d of execution%n%n".formatted(summary.samples, byTime)
                + table("Threads", summary.threads, summary.samples)
                + table("In or below Kontor's methods", summary.ours, summary.samples)
                + table("In or below any method", summary.anywhere, summary.samples);
    }

    private void add(RecordedEvent event) {
        var stack = event.getStackTrace();
        if (stack == null) return;
        samples++;
        var thread = event.getThread("eventThread");
        if (thread != null) {
            var name = thread.getJavaName();
            threads.merge(
                    name == null || name.isEmpty() ? "virtual threads" : name.replaceAll("\\d+", "N"), 1L, Long::sum);
        }
        var seen = new LinkedHashSet<String>(); // a recursive method once
        for (var frame : stack.getFrames()) seen.add(name(frame));
        for (var method : seen) {
            anywhere.merge(method, 1L, Long::sum);
            if (method.startsWith("kontor.")) ours.merge(method, 1L, Long::sum);
        }
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    private static String table(String title, Map<String, Long> counts, long all) {
        var text = new StringBuilder(title).append('\n');
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(LINES)
                .forEach(entry ->
                        text.append("  %5.1f %%  %s%n".formatted(100.0 * entry.getValue() / all, entry.getKey())));
        return text.append('\n').toString();
    }
}
