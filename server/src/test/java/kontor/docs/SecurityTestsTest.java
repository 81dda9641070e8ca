package kontor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/security-tests.md} names tests that there are, for every case that there is. */
class SecurityTestsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z]-?\\d+) \\| [^|]+ \\| ([^|]+) \\|$");
    private static final Pattern TEST = Pattern.compile("`(kontor[\\w.]*\\.\\w+Test)(?:\\.(\\w+))?`");

    private final String document = Files.readString(Path.of("../docs/security-tests.md"));

    SecurityTestsTest() throws IOException {}

    @Test
    void holdEveryCaseOnce() {
        var cases = ROW.matcher(document).results().map(row -> row.group(1)).toList();
        var threats = IntStream.rangeClosed(1, 32).mapToObj("T%d"::formatted);
        var inputs = IntStream.rangeClosed(1, 30).mapToObj("G-%02d"::formatted);
        assertThat(cases)
                .doesNotHaveDuplicates()
                .containsAll(Stream.concat(threats, inputs).toList());
    }

    @Test
    void areThere() {
        var missing = new ArrayList<String>();
        ROW.matcher(document).results().forEach(row -> {
            var named = TEST.matcher(row.group(2)).results().toList();
            if (named.isEmpty() && !row.group(2).strip().equals("—")) missing.add(row.group(1) + " names no test");
            for (var test : named) if (!isThere(test.group(1), test.group(2))) missing.add(test.group());
        });
        assertThat(missing).isEmpty();
    }

    private static boolean isThere(String type, String method) {
        try {
            var methods = Class.forName(type).getDeclaredMethods();
            return method == null || names(methods).contains(method);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static List<String> names(Method[] methods) {
        return Arrays.stream(methods).map(Method::getName).toList();
    }
}
