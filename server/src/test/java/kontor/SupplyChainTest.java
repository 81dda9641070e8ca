package kontor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Kontor is built from. */
class SupplyChainTest {
    private static final Pattern VERSION = Pattern.compile("<([a-z0-9.-]*version)>([^<]*)</");
    private static final Pattern ONE = Pattern.compile("[0-9][0-9A-Za-z.-]*|\\$\\{[a-z0-9.-]+\\}");

    @Test
    void isListedInTheJarWithTheHashesOfWhatWeRunOn() throws Exception {
        var listed = new HashMap<String, String>();
        for (var component : components())
            listed.put(
                    component.at("/name").asString() + "-"
                            + component.at("/version").asString() + ".jar",
                    sha256(component));
        var met = new ArrayList<String>();
        for (var jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            var file = Path.of(jar);
            var hash = listed.get(file.getFileName().toString());
            if (hash == null) continue; // the tests' own
            met.add(file.getFileName().toString());
            assertThat(hash).as(jar).isEqualTo(hashOf(file));
        }
        assertThat(met).hasSizeGreaterThan(100).anyMatch(each -> each.startsWith("postgresql-"));
    }

    @Test
    void isOneVersionOfEachAndNotAnyOfARange() throws IOException {
        for (var pom : List.of("pom.xml", "server/pom.xml", "bench/pom.xml")) {
            var text = Files.readString(Path.of("..").resolve(pom));
            var found = VERSION.matcher(text.replaceAll("(?s)<requireJavaVersion>.*?</requireJavaVersion>", ""))
                    .results()
                    .toList();
            assertThat(found).as(pom).isNotEmpty();
            assertThat(found)
                    .as(pom)
                    .extracting(each -> each.group(2).strip())
                    .allMatch(version -> ONE.matcher(version).matches())
                    .noneMatch(version -> version.endsWith("-SNAPSHOT"));
        }
    }

    private static Iterable<JsonNode> components() throws IOException {
        try (var list = SupplyChainTest.class.getResourceAsStream("/META-INF/sbom/application.cdx.json")) {
            assertThat(list).isNotNull();
            return new JsonMapper().readTree(list).at("/components");
        }
    }

    private static String sha256(JsonNode component) {
        for (var hash : component.at("/hashes"))
            if (hash.at("/alg").asString().equals("SHA-256"))
                return hash.at("/content").asString();
        throw new AssertionError("no hash of " + component.at("/purl"));
    }

    private static String hashOf(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
