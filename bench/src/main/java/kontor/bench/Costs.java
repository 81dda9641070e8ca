package kontor.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Who uses how much processor time: processes by a name, each with its children. */
record Costs(Map<String, Long> processes) {
    /** Of one more. */
    Costs and(String name, long pid) {
        var all = new TreeMap<>(processes);
        all.put(name, pid);
        return new Costs(all);
    }

    /** Nanoseconds since each process began, by its name. */
    Map<String, Long> sample() {
        var used = new TreeMap<String, Long>();
        processes.forEach((name, pid) -> used.put(
                name,
                ProcessHandle.of(pid).stream()
                        .flatMap(process -> Stream.concat(Stream.of(process), process.children()))
                        .mapToLong(process -> process.info()
                                .totalCpuDuration()
                                .orElse(Duration.ZERO)
                                .toNanos())
                        .sum()));
        return used;
    }

    static Map<String, Long> difference(Map<String, Long> before, Map<String, Long> after) {
        var used = new TreeMap<String, Long>();
        after.forEach((name, nanos) -> used.put(name, nanos - before.getOrDefault(name, 0L)));
        return used;
    }
}
