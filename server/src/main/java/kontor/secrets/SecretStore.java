package kontor.secrets;

import java.time.Duration;
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
        jdbc.sql("INSERT INTO secrets.keys (id) VALUES (:id) ON CONFLICT (id) DO UPDATE SET noted_at = now()")
                .param("id", keyId)
                .update();
    }

    /** The names of the keys but this one that no server has said to seal with for this long. */
    List<String> quietFor(Duration time, String butKey) {
        return jdbc.sql("""
                        SELECT id FROM secrets.keys
                        WHERE id <> :but AND noted_at < now() - CAST(:time AS interval) ORDER BY first_used_at, id
                        """)
                .param("but", butKey)
                .param("time", time.toString())
                .query(String.class)
                .list();
    }

    /**
     * @param after the last row of the page before; of nothing for the first
     * @param most how many at once
     * @return what stands there sealed with this key, by row
     */
    List<Sealed> sealedWith(String key, SealedColumn column, String after, int most) {
        return jdbc.sql("""
                        SELECT %2$s::text AS row, %3$s AS text FROM %1$s
                        WHERE starts_with(%3$s, :key) AND %2$s::text > :after
                        ORDER BY %2$s::text LIMIT :most
                        """.formatted(column.table(), column.id(), column.column()))
                .param("key", Secrets.beginningWith(key))
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

    /** Strikes out a key that no server has said to seal with for this long. @return whether that is so */
    boolean forget(String key, Duration quiet) {
        return jdbc.sql("DELETE FROM secrets.keys WHERE id = :id AND noted_at < now() - CAST(:quiet AS interval)")
                        .param("id", key)
                        .param("quiet", quiet.toString())
                        .update()
                == 1;
    }
}
