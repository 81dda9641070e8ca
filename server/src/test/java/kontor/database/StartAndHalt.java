package kontor.database;

import java.nio.file.Path;
import java.util.Map;

/** A Kontor in a process of its own for tests: opens the database, writes a row, says so, and then does as it is told. */
final class StartAndHalt {
    private StartAndHalt() {}

    /** @param args data folder, and "halt" to die at once as by kill -9; otherwise it waits until it is killed */
    public static void main(String[] args) throws Exception {
        var database = Database.open(TestDatabase.settings(Map.of()), DataFolder.at(Path.of(args[0])));
        try (var connection = database.pool().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("INSERT INTO inventory.locations (id, code, name) VALUES (2, 'child', 'a place')");
        }
        System.out.println("written");
        if (args.length > 1 && args[1].equals("halt")) Runtime.getRuntime().halt(137);
        Thread.sleep(Long.MAX_VALUE);
    }
}
