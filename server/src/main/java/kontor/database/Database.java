package kontor.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The one PostgreSQL this process works with, ready for use: started if it is the embedded one, migrated, pooled. */
public final class Database implements AutoCloseable {
    private final HikariDataSource pool;
    private final @Nullable PostgresServer server;

    private Database(HikariDataSource pool, @Nullable PostgresServer server) {
        this.pool = pool;
        this.server = server;
    }

    /**
     * Starts, migrates and connects.
     *
     * @throws DataFolderInUse when another Kontor has the data folder and {@code settings} do not say to join it
     * @throws CannotStart when the database cannot be used as it is, with what to do about it
     */
    public static Database open(DatabaseSettings settings, DataFolder data) {
        if (!settings.embedded()) return ExternalDatabase.open(settings);
        PostgresServer server;
        try {
            server = PostgresServer.start(data, settings.postgres());
        } catch (DataFolderInUse e) {
            if (settings.join()) return new Database(join(settings, data), null);
            throw e;
        }
        try {
            var connector = server.connector();
            Migrations.run(source(
                    connector.url(), Connector.OWNER, connector.passwords().owner()));
            return new Database(pool(settings, connector), server);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Connects to the database as it is, for reading: makes none where none is, and migrates nothing. An embedded one that
     * nobody runs is started, and stopped when this is closed.
     *
     * @param data the folder of the embedded one, which need not be there
     * @throws CannotStart when there is no database, or it cannot be reached
     */
    public static Database openForReading(DatabaseSettings settings, Path data) {
        try {
            if (!settings.embedded()) return ExternalDatabase.connect(settings);
            if (!Files.isDirectory(new PostgresFolder(data.resolve("postgres")).cluster()))
                throw new CannotStart("There is no database in %s. Choose the folder with --data."
                        .formatted(data.toAbsolutePath().normalize()));
            return startForReading(settings, DataFolder.at(data));
        } catch (PoolInitializationException e) {
            throw new CannotStart("The database does not answer: " + e.getMessage(), e);
        }
    }

    private static Database startForReading(DatabaseSettings settings, DataFolder data) {
        PostgresServer server;
        try {
            server = PostgresServer.start(data, settings.postgres());
        } catch (DataFolderInUse e) {
            return new Database(join(settings, data), null);
        }
        try {
            return new Database(pool(settings, server.connector()), server);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    static Database of(HikariDataSource pool) {
        return new Database(pool, null);
    }

    /** Connections as {@code kontor_app}, which owns nothing and may do what the migrations have granted it. */
    public HikariDataSource pool() {
        return pool;
    }

    /** True when {@code error} says that the database could not be reached or had no room, so that trying again helps. */
    public static boolean isUnavailable(Throwable error) {
        return Unavailable.is(error);
    }

    private static HikariDataSource join(DatabaseSettings settings, DataFolder data) {
        var folder = PostgresFolder.in(data);
        var port = folder.keptPort()
                .orElseThrow(() -> new CannotStart(
                        "The Kontor on %s is still starting. Try again in a moment.".formatted(data.path())));
        return pool(settings, new Connector(port, folder.passwords()));
    }

    private static HikariDataSource pool(DatabaseSettings settings, Connector connector) {
        return pool(
                settings, connector.url(), Connector.APP, connector.passwords().app());
    }

    static HikariDataSource pool(
            DatabaseSettings settings, String url, @Nullable String user, @Nullable String password) {
        var driver = new Properties();
        driver.setProperty("ApplicationName", "kontor");
        driver.setProperty("tcpKeepAlive", "true");
        driver.setProperty("connectTimeout", "2");
        driver.setProperty("loginTimeout", "5");
        driver.setProperty(
                "socketTimeout", Long.toString(settings.answerPatience().toSeconds()));
        driver.setProperty("targetServerType", "primary"); // after a failover, never write to the one that lost
        driver.setProperty("prepareThreshold", "2"); // the same few statements all day: plan them on the server early
        driver.setProperty("autosave", "never");

        var pool = new HikariConfig();
        pool.setPoolName("kontor");
        pool.setJdbcUrl(url);
        pool.setUsername(user);
        pool.setPassword(password);
        pool.setDataSourceProperties(driver);
        pool.setMaximumPoolSize(settings.connections());
        pool.setMinimumIdle(Math.min(2, settings.connections()));
        pool.setConnectionTimeout(settings.patience().toMillis());
        pool.setValidationTimeout(1_000);
        pool.setKeepaliveTime(30_000);
        pool.setInitializationFailTimeout(settings.patience().toMillis());
        if (!Connector.APP.equals(user)) pool.setConnectionInitSql("SET ROLE " + Connector.APP);
        return new HikariDataSource(pool);
    }

    static DataSource source(String url, @Nullable String user, @Nullable String password) {
        var driver = new Properties();
        driver.setProperty("ApplicationName", "kontor migrations");
        driver.setProperty("connectTimeout", "5");
        if (user != null) driver.setProperty("user", user);
        if (password != null) driver.setProperty("password", password);
        return new DriverManagerDataSource(url, driver);
    }

    @Override
    public void close() {
        try {
            pool.close();
        } finally {
            if (server != null) server.close();
        }
    }
}
