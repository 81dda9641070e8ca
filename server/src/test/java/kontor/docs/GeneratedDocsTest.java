package kontor.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import kontor.Api;
import kontor.KontorTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class GeneratedDocsTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Autowired
    Api api;

    @Autowired
    DataSource database;

    @Autowired
    JdbcClient jdbc;

    @Test
    void areUpToDate() throws IOException {
        assertThat(in(DOCS).stale())
                .as("documents that say something else than the server; ./kontor docs writes them anew")
                .isEmpty();
    }

    @Test
    void areWrittenAnewWhereTheySaySomethingElse(@TempDir Path folder) throws IOException {
        for (var name : new String[] {"TSD.md", "permissions.md"})
            Files.writeString(
                    folder.resolve(name), Files.readString(DOCS.resolve(name)).replace("`GET /users/me`", "`GET /me`"));
        var documents = in(folder);
        assertThat(documents.write())
                .containsExactly(
                        folder.resolve("TSD.md"), folder.resolve("permissions.md"), folder.resolve("openapi.json"));
        assertThat(folder.resolve("TSD.md")).hasSameTextualContentAs(DOCS.resolve("TSD.md"));
        assertThat(documents.write()).isEmpty();
    }

    @Test
    void everyTableSaysWhatItIsFor() {
        assertThat(jdbc.sql("""
                                SELECT oid::regclass::text FROM pg_class
                                WHERE relkind IN ('r', 'p') AND relowner = 'kontor_owner'::regrole
                                  AND relnamespace <> 'migrations'::regnamespace
                                  AND obj_description(oid, 'pg_class') IS NULL
                                """).query(String.class).list())
                .as("tables without COMMENT ON TABLE in their migration")
                .isEmpty();
    }

    private GeneratedDocs in(Path folder) throws IOException {
        return new GeneratedDocs(folder, api.get("/openapi.json").text(), database);
    }
}
