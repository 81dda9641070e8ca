package kontor.database;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the tables up to date: every module's {@code db/migration/<module>} folder, on one timeline. */
final class Migrations {
    private Migrations() {}

    /** @param owner connections of the role that owns the tables */
    static void run(DataSource owner) {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(owner)
                    .locations("classpath:db/migration")
                    .defaultSchema("migrations")
                    .outOfOrder(false)
                    .cleanDisabled(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new CannotStart("The database cannot be migrated: " + e.getMessage(), e);
        }
    }
}
