package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedFileTest {
    private static final byte[] BODY = new byte[100_000];

    static {
        new Random(7).nextBytes(BODY);
    }

    @Test
    void isReadFromItsBeginningEachTime() throws IOException {
        try (var file = ReceivedFile.of(new ByteArrayInputStream(BODY))) {
            for (var i = 0; i < 2; i++)
                try (var content = file.open()) {
                    assertThat(content.read()).isEqualTo(Byte.toUnsignedInt(BODY[0]));
                    assertThat(content.readAllBytes()).hasSize(BODY.length - 1).endsWith(BODY[BODY.length - 1]);
                    assertThat(content.read()).isEqualTo(-1);
                }
            assertThat(file.sha256()).hasSize(64);
        }
    }

    @Test
    void hasNoNameInItsFolderSoThatNothingIsLeftOfIt(@TempDir Path folder) throws IOException {
        try (var file = ReceivedFile.of(new ByteArrayInputStream(BODY), folder)) {
            assertThat(folder).isEmptyDirectory();
            assertThat(file.open()).hasBinaryContent(BODY);
        }
        var broken = InputStream.nullInputStream();
        broken.close(); // reading it fails from here on
        assertThatThrownBy(() -> ReceivedFile.of(broken, folder)).isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }
}
