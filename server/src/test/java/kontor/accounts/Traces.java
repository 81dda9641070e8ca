package kontor.accounts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kontor.database.TestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is left of people in the whole database, whichever tables there are. */
final class Traces {
    /** The id stays in the books and in the log of acts, and says nothing of who it was. */
    private static final Set<String> OF_IDS = Set.of(
            "accounts.users.id",
            "auditlog.acts.user_id",
            "orders.holdings.customer_id",
            "orders.orders.customer_id",
            "orders.refund_requests.decider_id",
            "orders.refund_requests.requester_id");

    private static final JdbcClient OWNER = JdbcClient.create(TestDatabase.owner());

    private Traces() {}

    /** How many rows name this user, for every column that refers to users. */
    static Map<String, Integer> of(long userId) {
        var rows = new TreeMap<String, Integer>();
        for (var column : columns()) {
            var dot = column.lastIndexOf('.');
            var sql =
                    "SELECT count(*) FROM " + column.substring(0, dot) + " WHERE " + column.substring(dot + 1) + " = ?";
            rows.put(column, OWNER.sql(sql).param(userId).query(Integer.class).single());
        }
        return rows;
    }

    /** Those of them in which something is, besides the id. */
    static Set<String> tablesThatName(long userId) {
        var tables = new TreeSet<String>();
        of(userId).forEach((column, rows) -> {
            if (rows > 0 && !OF_IDS.contains(column)) tables.add(column);
        });
        return tables;
    }

    /** All columns that could name a user, besides those in which the id stays. */
    static Set<String> tablesThatCouldNameOne() {
        var tables = new TreeSet<>(columns());
        tables.removeAll(OF_IDS);
        return tables;
    }

    /** The tables in which one of these texts stands, in bytes too. */
    static List<String> tablesThatSay(String... texts) {
        var found = new ArrayList<String>();
        for (var table : tables())
            for (var text : texts) {
                var bytes = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
                var rows = OWNER.sql("SELECT count(*) FROM " + table
                                + " AS r WHERE strpos(lower(r::text), lower(?)) > 0 OR strpos(r::text, ?) > 0")
                        .params(text, bytes)
                        .query(Integer.class)
                        .single();
                if (rows > 0) found.add(table + " says " + text);
            }
        return found;
    }

    private static List<String> columns() {
        return OWNER.sql("""
                        SELECT conrelid::regclass::text || '.' || attname
                        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                        WHERE contype = 'f' AND confrelid IN ('accounts.users'::regclass, 'accounts.passkey_owners'::regclass)
                        UNION
                        SELECT format('%s.%s.%s', table_schema, table_name, column_name)
                        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                        WHERE table_type = 'BASE TABLE' AND column_name IN ('user_id', 'customer_id')
                          AND table_schema NOT IN ('pg_catalog', 'information_schema')
                        """).query(String.class).list();
    }

    private static List<String> tables() {
        return OWNER.sql("""
                        SELECT format('%I.%I', table_schema, table_name)
                        FROM information_schema.tables
                        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
                        """).query(String.class).list();
    }
}
