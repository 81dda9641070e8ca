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
}
