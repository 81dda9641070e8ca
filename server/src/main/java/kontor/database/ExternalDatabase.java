package kontor.database;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL that somebody else runs. */
final class ExternalDatabase {
    private static final Duration MOST_SKEW = Duration.ofSeconds(5);

    private ExternalDatabase() {}

    static Database open(DatabaseSettings settings) {
        var url = url(settings);
        var user = filled(settings.user());
        var ownerUser = filled(settings.ownerUser());
        var owner = ownerUser == null
                ? Database.source(url, user, filled(settings.password()))
                : Database.source(url, ownerUser, filled(settings.ownerPassword()));
        try (var connection = owner.getConnection()) {
            if (settings.requireDurable()) {
                requireDurable(connection);
                requireOurTime(connection);
            }
            prepareRole(connection, user);
        } catch (SQLException e) {
            throw new CannotStart("The database at %s cannot be used: %s".formatted(spoken(url), e.getMessage()), e);
        }
        Migrations.run(owner);
        var database = connect(settings);
        if (settings.requireDurable()) refuseSuperuser(database);
        return database;
    }

    /** Connects to it as it is, as the role that owns nothing. */
    static Database connect(DatabaseSettings settings) {
        var url = url(settings);
        var user = filled(settings.user());
        try {
            return Database.of(Database.pool(settings, url, user, filled(settings.password())));
        } catch (PoolInitializationException e) {
            throw new CannotStart("The database at %s cannot be used: %s".formatted(spoken(url), e.getMessage()), e);
        }
    }

    private static String url(DatabaseSettings settings) {
        var url = filled(settings.url());
        if (url == null || !url.startsWith("jdbc:postgresql:"))
            throw new CannotStart("KONTOR_DB_URL must look like jdbc:postgresql://host:5432/kontor.");
        return url;
    }

    /** Without what follows the question mark, which may hold a password. */
    private static String spoken(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    private static @Nullable String filled(@Nullable String setting) {
        return setting == null || setting.isBlank() ? null : setting;
    }

    private static void requireDurable(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
                if (show(statement, setting).equals("off"))
                    throw new CannotStart(
                            ("The database runs with %s off and may forget orders that were confirmed. Turn it on,"
                                            + " or set KONTOR_DB_REQUIRE_DURABLE=false where that does not matter.")
                                    .formatted(setting));
            }
        }
    }

    /** Some moments are read from one clock and some from the other: when money was promised, and when that has passed. */
    private static void requireOurTime(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            var before = Instant.now();
            try (var row = statement.executeQuery("SELECT clock_timestamp()")) {
                row.next();
                var theirs = row.getObject(1, OffsetDateTime.class).toInstant();
                var after = Instant.now();
                if (theirs.isBefore(before.minus(MOST_SKEW)) || theirs.isAfter(after.plus(MOST_SKEW)))
                    throw new CannotStart(
                            ("The clocks of this machine (%s) and of the database (%s) are more than %d s apart. Set them"
                                            + " right, or set KONTOR_DB_REQUIRE_DURABLE=false where that does not matter.")
                                    .formatted(after, theirs, MOST_SKEW.toSeconds()));
            }
        }
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (var row = statement.executeQuery("SHOW " + setting)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    /** The migrations grant to {@code kontor_app}; whoever the server logs in as becomes that role. */
    private static void prepareRole(Connection connection, @Nullable String user) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("""
                    DO $$ BEGIN
                        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kontor_app') THEN
                            CREATE ROLE kontor_app NOLOGIN;
                        END IF;
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another server was faster
                    END $$
                    """);
            if (Connector.APP.equals(user)) return;
            var member = user == null ? connection.getMetaData().getUserName() : user;
            try (var check = connection.prepareStatement("SELECT pg_has_role(?, 'kontor_app', 'SET')")) {
                check.setString(1, member);
                try (var row = check.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) return;
                }
            }
            statement.execute("GRANT kontor_app TO " + statement.enquoteIdentifier(member, true));
        }
    }

    private static void refuseSuperuser(Database database) {
        try (var connection = database.pool().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")) {
            if (!row.next() || !row.getBoolean(1)) return;
        } catch (SQLException e) {
            database.close();
            throw new CannotStart("The database cannot be used: " + e.getMessage(), e);
        }
        database.close();
        throw new CannotStart(
                "KONTOR_DB_USER is a superuser of the database, whom no rule there can hold. Give the server a user of"
                        + " its own and the superuser's name in KONTOR_DB_OWNER_USER, or set"
                        + " KONTOR_DB_REQUIRE_DURABLE=false where that does not matter.");
    }
}
