package kontor.docs;

import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A role that comes with Kontor, as it is in a database that nobody has changed yet. */
record BuiltInRole(String name, Set<String> permissions) {
    /** Those that may least come first. */
    static List<BuiltInRole> in(DataSource database) {
        return JdbcClient.create(database)
                .sql("""
                        SELECT name, permissions FROM accounts.roles
                        WHERE built_in
                        ORDER BY permissions = '{*}', cardinality(permissions), name
                        """)
                .query((row, number) -> new BuiltInRole(row.getString("name"), Set.of((String[])
                        row.getArray("permissions").getArray())))
                .list();
    }
}
