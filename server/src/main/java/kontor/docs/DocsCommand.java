package kontor.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import kontor.database.CannotStart;
import org.springframework.boot.SpringApplication;

/** {@code ./kontor docs}: starts the server on a folder and ports of its own, and writes down what it finds there. */
public final class DocsCommand {
    private static final String FOLDER = "--folder=";

    private DocsCommand() {}

    /**
     * @param application the class that the server starts with
     * @param options {@code --folder=} where the documents lie; the rest is left alone
     * @throws CannotStart when they do not lie there
     */
    public static void run(Class<?> application, String... options) {
        var docs = folder(options);
        var data = temporaryFolder();
        try (var server = SpringApplication.run(
                application,
                "--server.port=0",
                "--management.server.port=0",
                "--kontor.data=" + data,
                "--kontor.db.url=", // whatever the environment says: this server's own
                "--kontor.tls.certificate=",
                "--kontor.tls.private-key=",
                "--kontor.admin.password=" + UUID.randomUUID(), // otherwise one is printed
                "--logging.level.root=warn")) {
            var port = server.getEnvironment().getRequiredProperty("local.server.port");
            var documents = new GeneratedDocs(docs, openApi(port), server.getBean(DataSource.class));
            tell(documents.write());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(data);
        }
    }

    private static Path folder(String... options) {
        var docs = Path.of("docs");
        for (var option : options) if (option.startsWith(FOLDER)) docs = Path.of(option.substring(FOLDER.length()));
        if (!Files.exists(docs.resolve(GeneratedDocs.SPECIFICATION)))
            throw new CannotStart("There is no %s in %s.".formatted(GeneratedDocs.SPECIFICATION, docs));
        return docs;
    }

    private static String openApi(String port) throws IOException {
        try (var client = HttpClient.newHttpClient()) {
            var address = URI.create("http://localhost:" + port + "/openapi.json");
            return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void tell(List<Path> written) {
        if (written.isEmpty()) System.out.println("The documents are up to date.");
        else written.forEach(file -> System.out.println("Wrote " + file));
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("kontor-docs");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
