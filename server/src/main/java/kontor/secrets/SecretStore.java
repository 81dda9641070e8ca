package kontor.secrets;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class SecretStore {
    private final JdbcClient jdbc;

    SecretStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One that stands in a column.
     *
     * @param row its primary key, as text
     */
    record Sealed(String row, String text) {}

    /** The names of all keys that anything in this database may be sealed with, oldest first. */
    List<String> keyIds() {
        return jdbc.sql("SELECT id FROM secrets.keys ORDER BY first_used_at, id")
                .query(String.class)
                .list();
    }

    /** Notes that from now on something may be sealed with this key. */
    void note(String keyId) {
        jdbc.sql("INSERT INTO secrets.keys (id) VALUES (:id) ON CONFLICT (id) DO NOTHING")
                .param("id", keyId)
                .update();
    }

    /**
     * @param after the last row of the page before; of nothing for the first
     * @param most how many at once
     * @return what stands there sealed with other keys, by row
     */
    List<Sealed> sealedWithOlder(SealedColumn column, String newest, String after, int most) {
        return jdbc.sql("""
                        SELECT %2$s::text AS row, %3$s AS text FROM %1$s
                        WHERE starts_with(%3$s, 's1.') AND NOT starts_with(%3$s, :newest) AND %2$s::text > :after
                        ORDER BY %2$s::text LIMIT :most
                        """.formatted(column.table(), column.id(), column.column()))
                .param("newest", Secrets.beginningWith(newest))
                .param("after", after)
                .param("most", most)
                .query(Sealed.class)
                .list();
    }

    /** @return false when the row has changed or gone meanwhile, and nothing was written */
    boolean replace(SealedColumn column, Sealed old, String anew) {
        return jdbc.sql("UPDATE %1$s SET %3$s = :anew WHERE %2$s::text = :row AND %3$s = :old"
                                .formatted(column.table(), column.id(), column.column()))
                        .param("anew", anew)
                        .param("row", old.row())
                        .param("old", old.text())
                        .update()
                == 1;
    }

    /** @return the names of the keys that nothing in these columns is sealed with, and which are not asked for any more */
    List<String> forgetAllBut(String newest, List<SealedColumn> columns) {
        return keyIds().stream()
                .filter(key -> !key.equals(newest))
                .filter(key -> columns.stream().noneMatch(column -> seals(key, column)))
                .filter(this::forget)
                .toList();
    }

    private boolean seals(String key, SealedColumn column) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM %1$s WHERE starts_with(%2$s, :key))"
                        .formatted(column.table(), column.column()))
                .param("key", Secrets.beginningWith(key))
                .query(Boolean.class)
                .single();
    }

    private boolean forget(String key) {
        return jdbc.sql("DELETE FROM secrets.keys WHERE id = :id")
                        .param("id", key)
                        .update()
                == 1;
    }
}
