package kontor.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a run was measured on.
 *
 * @param processor its model's name
 * @param memory in MiB
 * @param postgresql its version, and the settings that decide how fast it can be
 */
record Machine(String processor, int cores, long memory, String system, String jdk, Map<String, String> postgresql) {
    private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.+?)\\s*$");

    static Machine own(Map<String, String> postgresql) {
        var system = ManagementFactory.getOperatingSystemMXBean();
        var memory =
                system instanceof com.sun.management.OperatingSystemMXBean known ? known.getTotalMemorySize() >> 20 : 0;
        return new Machine(
                ownProcessor(),
                Runtime.getRuntime().availableProcessors(),
                memory,
                system.getName() + " " + system.getVersion(),
                System.getProperty("java.vendor.version", "") + " " + Runtime.version(),
                postgresql);
    }

    private static String ownProcessor() {
        try {
            return model(Files.readString(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            return System.getProperty("os.arch"); // another system than Linux
        }
    }

    /** @param cpuinfo as Linux tells it; some processors have no name there */
    static String model(String cpuinfo) {
        var model = MODEL.matcher(cpuinfo);
        return model.find() ? model.group(1) : System.getProperty("os.arch");
    }
}
