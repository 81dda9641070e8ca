package kontor.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {
    @Test
    void twoWhoUnpackAtOnceDoNotDisturbEachOther(@TempDir Path folder) throws Exception {
        var programs = folder.resolve("postgres");
        Callable<Boolean> unpacking = () -> {
            PostgresBinaries.unpack(programs);
            return programs.resolve("bin/postgres").toFile().canExecute();
        };
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var whole : threads.invokeAll(Collections.nCopies(2, unpacking)))
                assertThat(whole.get()).isTrue();
        }
        assertThat(folder).as("and leave no drafts behind").isDirectoryNotContaining(file -> !file.equals(programs));
    }
}
