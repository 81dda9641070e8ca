package kontor.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The database of all tests that do not test the database itself: one for each run, new and migrated. */
public final class TestDatabase {
    private static final Path FOLDER = Path.of("target", "test-data");
    private static final String SECRETS_KEY = drawKey();

    private TestDatabase() {}

    /** Connections as the server has them. */
    public static Database database() {
        return Holder.DATABASE;
    }

    /** The data folder, which this process holds. */
    public static Path folder() {
        database();
        return DataFolder.at(FOLDER).path();
    }

    /** Connections as the role that owns the tables, for planting what the server itself could never write. */
    public static DataSource owner() {
        var connector = connector();
        return Database.source(
                connector.url(), Connector.OWNER, connector.passwords().owner());
    }

    /**
     * Makes another database beside it, migrated and without a row, for a test that must not meet what others leave behind.
     *
     * @return the settings that let a server use it
     */
    public static Map<String, String> another(String name) {
        return copy(Pristine.name(), name);
    }

    /** The same without tables. */
    public static Map<String, String> empty(String name) {
        execute("CREATE DATABASE %s OWNER %s".formatted(name, Connector.OWNER));
        return settingsOf(name);
    }

    /**
     * Makes a copy of another database, as a backup is one. Nobody may be connected to that.
     *
     * @return the settings that let a server use it
     */
    public static Map<String, String> copy(String of, String name) {
        execute("CREATE DATABASE %s OWNER %s TEMPLATE %s".formatted(name, Connector.OWNER, of));
        return settingsOf(name);
    }

    private static void execute(String sql) {
        new JdbcTemplate(superuserOf(Connector.DATABASE)).execute(sql);
    }

    private static Map<String, String> settingsOf(String name) {
        var connector = connector();
        return Map.of(
                "kontor.db.url",
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(connector.port(), name),
                "kontor.db.user",
                Connector.APP,
                "kontor.db.password",
                connector.passwords().app(),
                "kontor.db.owner-user",
                Connector.OWNER,
                "kontor.db.owner-password",
                connector.passwords().owner(),
                "kontor.secrets.keys",
                SECRETS_KEY);
    }

    private static String drawKey() {
        var key = new byte[32];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    /** Connections to one of its databases as the superuser, whom no rule there can hold. */
    public static DataSource superuserOf(String name) {
        var connector = connector();
        return Database.source(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(connector.port(), name),
                Connector.ADMIN,
                connector.passwords().admin());
    }

    /** How to reach its PostgreSQL, for a test that needs a database or a role beside it. */
    static Connector connector() {
        database();
        var folder = PostgresFolder.in(DataFolder.at(FOLDER));
        return new Connector(folder.keptPort().orElseThrow(), folder.passwords());
    }

    static DatabaseSettings settings(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("kontor.db", DatabaseSettings.class);
    }

    /** To be copied, which takes a fraction of the time that migrating does. */
    private static final class Pristine {
        private static final String NAME = "pristine";

        static {
            execute("CREATE DATABASE %s OWNER %s".formatted(NAME, Connector.OWNER));
            var connector = connector();
            Migrations.run(Database.source(
                    "jdbc:postgresql://127.0.0.1:%d/%s".formatted(connector.port(), NAME),
                    Connector.OWNER,
                    connector.passwords().owner()));
        }

        static String name() {
            return NAME;
        }
    }

    private static final class Holder {
        static final Database DATABASE = open();

        private static Database open() {
            var data = DataFolder.at(FOLDER);
            try (var _ = DataFolderLock.take(data); // or else this process would ruin another's test
                    var old = Files.list(data.path())) {
                Postmaster.on(PostgresFolder.in(data)).ifPresent(Postmaster::stop);
                for (var file : old.toList()) if (!file.endsWith("lock")) PostgresBinaries.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            var database = Database.open(settings(Map.of("kontor.db.connections", "2")), data);
            Runtime.getRuntime().addShutdownHook(new Thread(database::close, "test-database"));
            return database;
        }
    }

    /** Lets a context use this database instead of starting one. */
    public static final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            database();
            TestPropertyValues.of("kontor.data=" + FOLDER.toAbsolutePath(), "kontor.db.join=true")
                    .applyTo(context);
        }
    }
}
