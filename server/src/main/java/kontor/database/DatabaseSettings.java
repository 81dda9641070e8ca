package kontor.database;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which PostgreSQL, and how to use it. Without {@code url} it is the embedded one in the data folder, and only the last
 * five settings count.
 *
 * @param url JDBC address of an external PostgreSQL 16 or newer, {@code jdbc:postgresql://host:5432/kontor}
 * @param user who the server logs in as; works as the role {@code kontor_app}, which owns nothing
 * @param password the password of {@code user}
 * @param ownerUser who owns the tables and migrates them; may create roles and schemas. Without it {@code user} does
 *     both, which is weaker: whoever takes over the server's login can then rewrite history
 * @param ownerPassword the password of {@code ownerUser}
 * @param requireDurable refuse a database that may forget what it has confirmed or whose clock is more than 5 s
 *     off ours, or a superuser's login
 * @param connections most connections held at once
 * @param patience longest wait for a free connection before a request is told to come back later
 * @param answerPatience longest silence of the database before a connection counts as lost
 * @param join use the embedded database of a Kontor that is running on the same data folder, or start it when none is
 * @param postgres settings of the embedded PostgreSQL that replace those in {@code postgresql.conf}
 */
@ConfigurationProperties("kontor.db")
public record DatabaseSettings(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        @Nullable String ownerUser,
        @Nullable String ownerPassword,
        @DefaultValue("true") boolean requireDurable,
        @DefaultValue("10") int connections,
        @DefaultValue("2s") Duration patience,
        @DefaultValue("60s") Duration answerPatience,
        @DefaultValue("false") boolean join,
        @DefaultValue Map<String, String> postgres) {
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(250); // the pool's

    public DatabaseSettings {
        if (connections < 1)
            throw new IllegalArgumentException("kontor.db.connections is not positive: " + connections);
        if (patience.compareTo(LEAST_PATIENCE) < 0)
            throw new IllegalArgumentException("kontor.db.patience is less than 250ms: " + patience.toMillis() + "ms");
    }

    /** Whether it is the PostgreSQL that comes along. */
    public boolean embedded() {
        return url == null || url.isBlank();
    }

    /** Without the passwords, of which the address may hold one, too. */
    @Override
    public String toString() {
        return embedded() ? "DatabaseSettings[embedded]" : "DatabaseSettings[external]";
    }
}
