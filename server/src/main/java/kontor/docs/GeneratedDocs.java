package kontor.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the documents should hold, given the server that they are about. The same server gives the same bytes. */
final class GeneratedDocs {
    static final String SPECIFICATION = "TSD.md";
    private static final JsonMapper JSON = new JsonMapper();
    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"))
            .withSeparators(Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""));

    private final Path folder;
    private final JsonNode openApi;
    private final DataSource database;

    /** @param openApi the server's own description of its operations, as JSON */
    GeneratedDocs(Path folder, String openApi, DataSource database) {
        this.folder = folder;
        this.openApi = JSON.readTree(openApi);
        this.database = database;
    }

    /** By file, what it should hold. What is written by hand stays as it is. */
    Map<Path, String> files() throws IOException {
        var endpoints = new Endpoints(openApi);
        var files = new LinkedHashMap<Path, String>();
        files.put(
                folder.resolve(SPECIFICATION),
                new Marked(Files.readString(folder.resolve(SPECIFICATION)))
                        .with("endpoints", endpoints.table())
                        .with("tables", new Tables(database).text())
                        .with("settings", Settings.onClassPath().table())
                        .text());
        files.put(
                folder.resolve("permissions.md"),
                new Marked(Files.readString(folder.resolve("permissions.md")))
                        .with("roles", endpoints.roles(BuiltInRole.in(database)))
                        .with("permissions", endpoints.permissions())
                        .text());
        files.put(folder.resolve("openapi.json"), JSON.writer().with(PRINTER).writeValueAsString(openApi) + "\n");
        return files;
    }

    /** Those that hold something else. */
    List<Path> stale() throws IOException {
        var stale = new ArrayList<Path>();
        for (var file : files().entrySet())
            if (!Files.exists(file.getKey()) || !Files.readString(file.getKey()).equals(file.getValue()))
                stale.add(file.getKey());
        return stale;
    }

    /** @return what was not up to date, and now is */
    List<Path> write() throws IOException {
        var files = files();
        var stale = stale();
        for (var file : stale) Files.writeString(file, files.get(file));
        return stale;
    }
}
