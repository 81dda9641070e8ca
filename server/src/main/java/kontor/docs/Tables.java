package kontor.docs;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of the database as its own catalogue knows them, with what the application's role may do. */
final class Tables {
    private static final String COLUMNS = """
            SELECT schema.nspname AS schema, relation.relname AS relation,
                   coalesce(obj_description(relation.oid, 'pg_class'), '') AS purpose,
                   attribute.attname AS name, format_type(attribute.atttypid, attribute.atttypmod) AS type,
                   attribute.attnotnull AS required, coalesce(col_description(relation.oid, attribute.attnum), '') AS meaning,
                   CASE WHEN attribute.attidentity <> '' THEN 'identity'
                        WHEN attribute.attgenerated <> '' THEN 'generated: ' || pg_get_expr(usual.adbin, usual.adrelid, true)
                        ELSE coalesce(pg_get_expr(usual.adbin, usual.adrelid, true), '') END AS usual
            FROM pg_class relation
            JOIN pg_namespace schema ON schema.oid = relation.relnamespace
            JOIN pg_attribute attribute ON attribute.attrelid = relation.oid
            LEFT JOIN pg_attrdef usual ON usual.adrelid = relation.oid AND usual.adnum = attribute.attnum
            WHERE relation.relkind IN ('r', 'p') AND attribute.attnum > 0 AND NOT attribute.attisdropped
              AND schema.nspname NOT IN ('information_schema', 'migrations', 'public') AND schema.nspname NOT LIKE 'pg\\_%'
            ORDER BY 1, 2, attribute.attnum
            """;
    private static final String RULES = """
            SELECT schema.nspname AS schema, relation.relname AS relation,
                   pg_get_constraintdef(rule.oid, true) AS rule
            FROM pg_constraint rule
            JOIN pg_class relation ON relation.oid = rule.conrelid
            JOIN pg_namespace schema ON schema.oid = relation.relnamespace
            WHERE rule.contype IN ('p', 'u', 'f', 'c')
            ORDER BY 1, 2, array_position(ARRAY['p', 'u', 'f', 'c']::"char"[], rule.contype), rule.conname
            """;
    private static final String INDEXES = """
            SELECT schema.nspname AS schema, relation.relname AS relation,
                   regexp_replace(pg_get_indexdef(index.indexrelid, 0, true),
                                  '^CREATE (UNIQUE )?INDEX \\S+ ON \\S+ USING (btree )?', '\\1') AS rule
            FROM pg_index index
            JOIN pg_class relation ON relation.oid = index.indrelid
            JOIN pg_namespace schema ON schema.oid = relation.relnamespace
            WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
            ORDER BY 1, 2, 3
            """;
    private static final String TRIGGERS = """
            SELECT schema.nspname AS schema, relation.relname AS relation, trigger.tgfoid::regproc::text AS rule
            FROM pg_trigger trigger
            JOIN pg_class relation ON relation.oid = trigger.tgrelid
            JOIN pg_namespace schema ON schema.oid = relation.relnamespace
            WHERE NOT trigger.tgisinternal
            GROUP BY 1, 2, 3
            ORDER BY 1, 2, 3
            """;
    private static final String GRANTS = """
            SELECT schema.nspname AS schema, relation.relname AS relation, granted.privilege_type AS rule
            FROM pg_class relation
            JOIN pg_namespace schema ON schema.oid = relation.relnamespace
            CROSS JOIN aclexplode(relation.relacl) granted
            WHERE relation.relkind IN ('r', 'p') AND granted.grantee = 'kontor_app'::regrole
            UNION ALL
            SELECT schema.nspname, relation.relname,
                   granted.privilege_type || ' (' || string_agg(attribute.attname, ', ' ORDER BY attribute.attnum) || ')'
            FROM pg_attribute attribute
            JOIN pg_class relation ON relation.oid = attribute.attrelid
            JOIN pg_namespace schema ON schema.oid = relation.relnamespace
            CROSS JOIN aclexplode(attribute.attacl) granted
            WHERE granted.grantee = 'kontor_app'::regrole
            GROUP BY schema.nspname, relation.relname, granted.privilege_type
            ORDER BY 1, 2, 3
            """;

    private final JdbcClient jdbc;

    Tables(DataSource database) {
        this.jdbc = JdbcClient.create(database);
    }

    private record Table(String schema, String name, String purpose) {
        String full() {
            return schema + "." + name;
        }
    }

    private record Column(Table table, String name, String type, boolean required, String usual, String meaning) {}

    private record Rule(String table, String text) {}

    /** Every table under a heading of its own, by schema. */
    String text() {
        var columns = jdbc.sql(COLUMNS).query(Tables::column).list();
        var byTable = columns.stream().collect(groupingBy(Column::table, LinkedHashMap::new, Collectors.toList()));
        var rules = rules(RULES);
        var indexes = rules(INDEXES);
        var triggers = rules(TRIGGERS);
        var grants = rules(GRANTS);
        var text = new StringBuilder();
        byTable.forEach((table, itsColumns) -> {
            var grid = new Grid("Column", "Type", "Required", "Default", "Meaning");
            for (var column : itsColumns)
                grid.row(
                        Grid.code(column.name()),
                        column.type().replace("timestamp with time zone", "timestamptz"),
                        column.required() ? "yes" : "",
                        Grid.code(readable(column.usual())),
                        column.meaning());
            text.append("##### ").append(table.full()).append("\n\n");
            if (!table.purpose().isEmpty()) text.append(table.purpose()).append("\n\n");
            text.append(grid).append('\n');
            points(text, "Rules", table, rules);
            points(text, "Indexes", table, indexes);
            points(text, "Triggers", table, triggers);
            text.append("- `kontor_app` may: ")
                    .append(of(table, grants).collect(joining(", ")))
                    .append("\n\n");
        });
        return text.toString();
    }

    private static void points(StringBuilder text, String heading, Table table, List<Rule> rules) {
        var its = of(table, rules).map(Tables::readable).map(Grid::code).collect(joining("; "));
        if (!its.isEmpty())
            text.append("- ").append(heading).append(": ").append(its).append('\n');
    }

    /** PostgreSQL writes down every cast that it makes, and spells IN out. */
    private static String readable(String sql) {
        return sql.replaceAll("::[a-z]+(\\[])?", "")
                .replaceAll("= ANY \\(ARRAY\\[(.*?)]\\)", "IN ($1)")
                .replaceAll("<> ALL \\(ARRAY\\[(.*?)]\\)", "NOT IN ($1)");
    }

    private static Stream<String> of(Table table, List<Rule> rules) {
        return rules.stream().filter(rule -> rule.table().equals(table.full())).map(Rule::text);
    }

    private List<Rule> rules(String sql) {
        return new ArrayList<>(jdbc.sql(sql)
                .query((row, number) ->
                        new Rule(row.getString("schema") + "." + row.getString("relation"), row.getString("rule")))
                .list());
    }

    private static Column column(ResultSet row, int number) throws SQLException {
        return new Column(
                new Table(row.getString("schema"), row.getString("relation"), row.getString("purpose")),
                row.getString("name"),
                row.getString("type"),
                row.getBoolean("required"),
                row.getString("usual"),
                row.getString("meaning"));
    }
}
