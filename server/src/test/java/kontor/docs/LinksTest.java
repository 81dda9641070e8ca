package kontor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever README.md and the documents point at is there. */
class LinksTest {
    private static final Path PROJECT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\((?![a-z]+:|#)([^)#\\s]+)[^)]*\\)");
    private static final Pattern PATH = Pattern.compile("`((?:server|docs|bench|deploy)/[^`\\s]*)`");

    @Test
    void leadSomewhere() throws IOException {
        var followed = 0;
        var dead = new ArrayList<String>();
        for (var document : documents()) {
            var text = Files.readString(document);
            for (var link : found(LINK, text)) {
                followed++;
                if (!Files.exists(document.resolveSibling(link))) dead.add(document + ": " + link);
            }
            for (var path : found(PATH, text)) {
                followed++;
                if (!Files.exists(PROJECT.resolve(path))) dead.add(document + ": " + path);
            }
        }
        assertThat(dead).isEmpty();
        assertThat(followed).as("links and paths found").isPositive();
    }

    private static List<Path> documents() throws IOException {
        try (var docs = Files.walk(PROJECT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(PROJECT.resolve("README.md")),
                            docs.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
