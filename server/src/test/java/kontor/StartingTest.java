package kontor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.util.TestSocketUtils;

/** What the person at the terminal is told when Kontor cannot do as it was asked: one line, and exit code 2. */
class StartingTest {
    @TempDir
    private Path folder;

    private record Ended(int code, String output, String errors) {}

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    private static Ended run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        var process = builder.start();
        process.outputWriter().close();
        try (var output = process.inputReader();
                var errors = process.errorReader()) {
            // Neither says more than a pipe holds before the other ends.
            var ended = process.waitFor(2, TimeUnit.MINUTES);
            if (!ended) process.destroyForcibly();
            assertThat(ended).as("ends by itself").isTrue();
            return new Ended(
                    process.exitValue(),
                    String.join("\n", output.readAllLines()),
                    String.join("\n", errors.readAllLines()));
        }
    }

    private static Ended launcher(String options) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("../kontor"));
        if (!options.isEmpty()) command.addAll(List.of(options.split(" ")));
        return run(command);
    }

    private static Ended server(String... options) throws IOException, InterruptedException {
        return server(Map.of(), options);
    }

    private static Ended server(Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                MainClassPath.text(),
                Kontor.class.getName()));
        command.addAll(List.of(options));
        return run(command, environment);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    sell                                    | There is no command "sell". See ./kontor help.
                    start --fast                            | start does not know "--fast". See ./kontor help.
                    start now                               | start does not know "now". See ./kontor help.
                    demo --port                             | --port needs a value.
                    demo --port web                         | --port needs a number from 1 to 65535, not "web".
                    start --port=70000                      | --port needs a number from 1 to 65535, not "70000".
                    start --port 0                          | --port needs a number from 1 to 65535, not "0".
                    start --port -1                         | --port needs a number from 1 to 65535, not "-1".
                    start --management-port 1e3             | --management-port needs a number from 1 to 65535, not "1e3".
                    start --port 80 --management-port 80    | --port and --management-port cannot be the same.
                    start --port 65535                      | Port 65535 has none after it for the management: choose one with --management-port.
                    audit --port 80                         | audit does not know "--port". See ./kontor help.
                    start --data=                           | --data needs a folder.
                    test everything                         | test does not know "everything". See ./kontor help.
                    """)
    void theLauncherRefusesWhatItDoesNotKnow(String options, String line) throws Exception {
        assertThat(launcher(options)).isEqualTo(new Ended(2, "", line));
    }

    @Test
    void theLauncherExplainsItself() throws Exception {
        var help = launcher("help");
        assertThat(help.code()).isZero();
        assertThat(help.errors()).isEmpty();
        assertThat(help.output()).contains("./kontor demo", "./kontor test", "--port", "--data");
        assertThat(launcher("")).isEqualTo(help);
    }

    @Test
    void anUnknownCommandIsTold() throws Exception {
        assertThat(server("sell")).isEqualTo(new Ended(2, "", "There is no command \"sell\". See ./kontor help."));
    }

    @Test
    void aDataFolderInUseIsTold() throws Exception {
        var folder = TestDatabase.folder();
        var refused = server("start", "--server.port=0", "--management.server.port=0", "--kontor.data=" + folder);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.errors())
                .isEqualTo(
                        "The data folder %s is in use by another Kontor (process %d). Stop it, or choose another with --data."
                                .formatted(folder, ProcessHandle.current().pid()));
        assertThat(refused.output()).doesNotContain("Exception", "\tat ");
    }

    @Test
    void aTakenPortIsTold() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            var refused = server(
                    "start",
                    "--server.port=" + taken.getLocalPort(),
                    "--management.server.port=0",
                    "--kontor.db.join=true",
                    "--kontor.data=" + TestDatabase.folder());
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.errors())
                    .isEqualTo("Port %d is in use. Choose another with --port or --management-port."
                            .formatted(taken.getLocalPort()));
            assertThat(refused.output()).doesNotContain("Exception", "\tat ");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    start | KONTOR_DB_CONNECTIONS  | many  | kontor.db.connections (KONTOR_DB_CONNECTIONS) cannot be "many": it needs a whole number.
                    start | KONTOR_DB_CONNECTIONS  | 0     | kontor.db.connections is not positive: 0.
                    start | SERVER_PORT            | x     | server.port (SERVER_PORT) cannot be "x": it needs a whole number.
                    start | MANAGEMENT_SERVER_PORT | x     | management.server.port (MANAGEMENT_SERVER_PORT) cannot be "x": it needs a whole number.
                    demo  | SERVER_PORT            | x     | server.port (SERVER_PORT) cannot be "x": it needs a whole number.
                    demo  | KONTOR_DB_CONNECTIONS  | many  | kontor.db.connections (KONTOR_DB_CONNECTIONS) cannot be "many": it needs a whole number.
                    demo  | SERVER_PORT            | 65530 | The demo's port is one from 1 to 65525, not 65530: its payment simulator listens on the one 10 above.
                    demo  | KONTOR_DB_URL          | jdbc:postgresql://db/shop | The demo keeps a database of its own, and KONTOR_DB_URL names another: unset it, or use ./kontor start.
                    start | KONTOR_SECRETS_KEYS    | c2hvcnQ= | kontor.secrets.keys (KONTOR_SECRETS_KEYS): key 1 of 1 has 5 bytes and not 32: each is what "openssl rand -base64 32" prints.
                    start | KONTOR_DB_PASSWORD     | changeme | kontor.db.password (KONTOR_DB_PASSWORD) is a sample from a document, which everybody knows. Set one of your own.
                    audit | KONTOR_DB_CONNECTIONS  | many  | kontor.db.connections (KONTOR_DB_CONNECTIONS) cannot be "many": it needs a whole number.
                    """)
    void aWrongSettingIsTold(String command, String variable, String value, String sentence) throws Exception {
        var port = TestSocketUtils.findAvailableTcpPort(); // a demo may be running on its own
        var environment = new HashMap<>(Map.of("SERVER_PORT", Integer.toString(port)));
        environment.put(variable, value);
        var refused = server(environment, command, "--kontor.data=" + folder.resolve("data"));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.errors()).isEqualTo(sentence);
        assertThat(refused.output()).doesNotContain("Exception", "\tat ", "FAILED");
    }

    @Test
    void aPortThatThereCannotBeIsTold() throws Exception {
        var refused = server(
                "start",
                "--server.port=70000",
                "--management.server.port=0",
                "--kontor.db.join=true",
                "--kontor.data=" + TestDatabase.folder());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.errors()).isEqualTo("A port is a number from 1 to 65535: port out of range:70000.");
        assertThat(refused.output()).doesNotContain("Exception", "\tat ");
    }
}
