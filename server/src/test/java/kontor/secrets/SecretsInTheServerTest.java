package kontor.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kontor.KontorTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class SecretsInTheServerTest {
    @Autowired
    private Secrets secrets;

    @Autowired
    private List<SealedColumn> columns;

    @Autowired
    private SecretStore store;

    @Autowired
    private JdbcClient database;

    @Test
    void theDatabaseKnowsTheNameOfTheKeyAndNotTheKey() {
        var sealed = secrets.sealText("row", "secret");
        assertThat(secrets.openText("row", sealed)).isEqualTo("secret");
        assertThat(database.sql("SELECT id FROM secrets.keys")
                        .query(String.class)
                        .list())
                .contains(sealed.substring(3, sealed.lastIndexOf('.')));
    }

    @Test
    void everyColumnWithSealedTextIsNamedSoThatItIsSealedAnew() {
        var named =
                columns.stream().map(each -> each.table() + "." + each.column()).toList();
        assertThat(named).contains("accounts.signing_keys.jwk");
        for (var column : database.sql("""
                        SELECT table_schema || '.' || table_name AS table_name, column_name
                        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                        WHERE table_type = 'BASE TABLE' AND data_type = 'text'
                          AND table_schema NOT IN ('pg_catalog', 'information_schema')
                        """)
                .query((row, _) -> new SealedColumn(row.getString(1), "", row.getString(2)))
                .list()) {
            var sealed = database.sql("SELECT EXISTS (SELECT FROM %s WHERE %s ~ '^s1[.][0-9a-f]{16}[.]')"
                            .formatted(column.table(), column.column()))
                    .query(Boolean.class)
                    .single();
            if (sealed) assertThat(named).contains(column.table() + "." + column.column());
        }
    }

    @Test
    void theColumnsThatAreNamedCanBeSealedAnewByTheServer() {
        for (var column : columns) {
            assertThat(store.sealedWithOlder(column, "0".repeat(16), "", 10)).isNotNull();
            assertThat(store.replace(column, new SecretStore.Sealed("nobody", "nothing"), "anew"))
                    .isFalse();
        }
    }
}
