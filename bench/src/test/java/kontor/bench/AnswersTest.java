package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    private static final String CREATED = """
            HTTP/1.1 201 \r
            X-Request-Id: 7\r
            content-LENGTH: 13\r
            Location: /orders/1\r
            \r
            {"id": 12345}""";
    private static final String CHUNKED = """
            HTTP/1.1 409 Conflict\r
            Transfer-Encoding: chunked\r
            \r
            5;name=value\r
            hello\r
            A\r
            0123456789\r
            0\r
            \r
            """;
    private static final String NOT_MODIFIED = """
            HTTP/1.1 304 \r
            ETag: W/"a"\r
            \r
            """;

    private final Answers answers = new Answers();

    @ParameterizedTest
    @ValueSource(strings = {CREATED, CHUNKED, NOT_MODIFIED})
    void anAnswerIsCompleteWithItsLastByteHoweverItComes(String answer) {
        for (var piece = 1; piece <= answer.length(); piece++) {
            for (var at = 0; at < answer.length(); at += piece) {
                var end = Math.min(answer.length(), at + piece);
                receive(answer.substring(at, end));
                assertThat(answers.isComplete()).isEqualTo(end == answer.length());
            }
            assertThat(answers.status()).isEqualTo(Integer.parseInt(answer.substring(9, 12)));
            answers.next();
        }
    }

    @Test
    void headersAreFoundInAnyCase() {
        receive(CREATED);
        assertThat(answers.isComplete()).isTrue();
        assertThat(answers.header("location")).isEqualTo("/orders/1");
        assertThat(answers.header("ETag")).isEmpty();
        assertThat(answers.body()).isEqualTo("{\"id\": 12345}");
    }

    @Test
    void aLongAnswerFindsRoom() {
        var body = "x".repeat(100_000);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body);
        assertThat(answers.isComplete()).isTrue();
        assertThat(answers.body()).isEqualTo(body);
    }

    @Test
    void moreThanOneAnswerToOneRequestIsAnError() {
        receive(NOT_MODIFIED + NOT_MODIFIED);
        assertThatThrownBy(answers::isComplete).hasMessage("More came than one answer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 12345678901\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n"
            })
    void whatIsNoAnswerIsAnError(String text) {
        receive(text);
        assertThatThrownBy(answers::isComplete).isInstanceOf(IllegalStateException.class);
    }

    private void receive(String text) {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            var room = answers.room();
            while (room.hasRemaining() && bytes.hasRemaining()) room.put(bytes.get());
        }
    }
}
