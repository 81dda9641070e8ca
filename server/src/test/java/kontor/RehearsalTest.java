package kontor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @Test
    void playsToItsEndOnADatabaseOfItsOwn(@TempDir Path folder) {
        var data = folder.resolve("data");
        var options = new String[] {"rehearse", "--kontor.data=" + data, "--kontor.rehearsal.orders-each=3"};
        assertThatCode(() -> Kontor.main(options)).doesNotThrowAnyException();
        assertThat(data.resolve("postgres/18/PG_VERSION")).exists();
        assertThat(data.resolve("postgres/18/postmaster.pid")).as("stopped").doesNotExist();
    }
}
