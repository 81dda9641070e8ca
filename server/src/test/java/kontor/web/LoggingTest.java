package kontor.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kontor.database.CannotStart;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {
    @Test
    void isTextUnlessToldOtherwiseWithTheRequestIdAndOnOneLine() throws Exception {
        var lines = logged("text");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst())
                .matches("\\d{4}-\\d\\d-\\d\\dT.*Z INFO +\\[4711] kontor.web.LogALine: "
                        + "a name: Ann\\?2026-01-01 INFO all is well\\?\\[2J");
        assertThat(logged("")).hasSize(1).first().asString().contains(" INFO ");
    }

    @Test
    void isOneJsonObjectForEachLineOnASwitch() throws Exception {
        var lines = logged("json");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).doesNotContain("\u001b");
        var line = new JsonMapper().readTree(lines.getFirst());
        assertThat(line.at("/request_id").asString()).isEqualTo("4711");
        assertThat(line.at("/log/level").asString()).isEqualTo("INFO");
        assertThat(line.at("/message").asString()).isEqualTo("a name: Ann\n2026-01-01 INFO all is well\u001b[2J");
        assertThat(line.at("/@timestamp").asString()).endsWith("Z");
    }

    @Test
    void aFormatThatThereIsNotIsTold() {
        assertThatThrownBy(() -> new LogFormat("xml"))
                .isInstanceOf(CannotStart.class)
                .hasMessage("KONTOR_LOG_FORMAT is text or json, not \"xml\".");
    }

    private static List<String> logged(String format) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LogALine.class.getName());
        if (!format.isEmpty()) process.environment().put("KONTOR_LOG_FORMAT", format);
        var running = process.redirectErrorStream(true).start();
        var lines = new String(running.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        assertThat(running.waitFor()).isZero();
        return lines;
    }
}
