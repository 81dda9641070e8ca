package kontor.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.AbstractHistogram;

/**
 * What came of one measurement.
 *
 * @param clients how many asked at once, each its next question after the last one's answer
 * @param done in the measured time
 * @param seconds how long was measured
 * @param p50 and p99, slowest: nanoseconds from question to answer
 * @param others answers other than the expected, and how many of each; empty when all went well
 * @param cpu microseconds of processor time that one request cost, by who spent it
 */
record Measured(
        String what,
        int clients,
        long done,
        double seconds,
        long p50,
        long p99,
        long slowest,
        Map<String, Long> others,
        Map<String, Double> cpu) {
    static Measured of(String what, int clients, double seconds, AbstractHistogram latencies) {
        return new Measured(
                what,
                clients,
                latencies.getTotalCount(),
                seconds,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                latencies.getMaxValue(),
                Map.of(),
                Map.of());
    }

    Measured withOthers(Map<String, Long> counted) {
        return new Measured(what, clients, done, seconds, p50, p99, slowest, Map.copyOf(counted), cpu);
    }

    Measured withCpu(Map<String, Double> microsEach) {
        return new Measured(what, clients, done, seconds, p50, p99, slowest, others, Map.copyOf(microsEach));
    }

    /** {@code postgres 60, server 95}; "" when it was not looked at. */
    String cpuInWords() {
        return new TreeMap<>(cpu)
                .entrySet().stream()
                        .map(each -> each.getKey() + " " + Math.round(each.getValue()))
                        .collect(Collectors.joining(", "));
    }

    double perSecond() {
        return done / seconds;
    }

    double p50Millis() {
        return p50 / 1e6;
    }

    double p99Millis() {
        return p99 / 1e6;
    }
}
