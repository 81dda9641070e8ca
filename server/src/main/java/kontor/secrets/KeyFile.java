package kontor.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import kontor.database.CannotStart;
import kontor.database.DataFolder;

/**
 * The sealing keys of an installation with the embedded database: a file in its data folder that only its owner may read,
 * one key on each line, newest first. A copy of the database alone does not hold it.
 */
record KeyFile(Path path) {
    static KeyFile in(DataFolder data) {
        return new KeyFile(data.path().resolve("secret-keys"));
    }

    /** Those in it; none when there is no such file. */
    SealingKeys read() {
        try {
            return SealingKeys.of(Files.readString(path)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList());
        } catch (NoSuchFileException e) {
            return new SealingKeys(List.of());
        } catch (IOException e) {
            throw new CannotStart("The file %s cannot be read: %s.".formatted(path, e), e);
        } catch (IllegalArgumentException e) {
            throw new CannotStart("The file %s cannot be used: %s.".formatted(path, e.getMessage()), e);
        }
    }

    /** Those in it, or a new one that is then in it. */
    SealingKeys readOrMake() {
        try {
            if (read().all().isEmpty()) DataFolder.writeFirst(path, SealingKey.draw() + "\n");
        } catch (IOException e) {
            throw new CannotStart("The file %s cannot be written: %s.".formatted(path, e), e);
        }
        var keys = read();
        if (keys.all().isEmpty()) throw new CannotStart("The file %s is empty. Put its key back.".formatted(path));
        return keys;
    }
}
