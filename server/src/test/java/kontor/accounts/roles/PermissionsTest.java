package kontor.accounts.roles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kontor.Kontor;
import org.junit.jupiter.api.Test;

/** The list beside the code that it is about. */
class PermissionsTest {
    private static final Pattern FORM = Pattern.compile("[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*");
    /** An attribute of files in the Unix view of them, and what documents write for a login. */
    private static final Set<String> NO_PERMISSIONS = Set.of("unix:uid", "user:pass");

    @Test
    void areExactlyThoseThatTheCodeAsksFor() throws Exception {
        assertThat(Permissions.all().stream().map(Permission::name))
                .as("the list in Permissions, and every constant in the code that is written like a permission")
                .containsExactlyElementsOf(askedFor());
    }

    @Test
    void haveASentenceEach() {
        assertThat(Permissions.all()).allSatisfy(permission -> {
            assertThat(permission.name()).matches(FORM);
            assertThat(permission.description()).matches("[A-Z].{10,100}[a-z']");
        });
    }

    /** Sorted. Constants of annotations and of methods alike, wherever they stand. */
    private static SortedSet<String> askedFor() throws IOException, URISyntaxException {
        var classes = Path.of(Kontor.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("kontor");
        var found = new TreeSet<String>();
        try (var files = Files.walk(classes)) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("Permissions.class"))
                    .flatMap(PermissionsTest::constants)
                    .filter(constant -> FORM.matcher(constant).matches() && !NO_PERMISSIONS.contains(constant))
                    .forEach(found::add);
        }
        return found;
    }

    private static Stream<String> constants(Path file) {
        try {
            var constants = ClassFile.of().parse(file).constantPool();
            return Stream.iterate(
                            1,
                            i -> i < constants.size(),
                            i -> i + constants.entryByIndex(i).width())
                    .map(constants::entryByIndex)
                    .filter(Utf8Entry.class::isInstance)
                    .map(entry -> ((Utf8Entry) entry).stringValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
