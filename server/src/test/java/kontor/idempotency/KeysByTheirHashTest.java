package kontor.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.UUID;
import kontor.KontorTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The database works out what a key is found by; nobody can tell it anything else. */
@KontorTest
class KeysByTheirHashTest {
    private static final String ROUTE = "POST /hashed";

    @Autowired
    private JdbcClient database;

    private final String principal = "user:" + UUID.randomUUID();

    @ParameterizedTest
    @ValueSource(strings = {"k", "a\\b", "\\\\", "\\x00", "C:\\101", "grün 🍏", "%s", "'"})
    void anyTextHasOne(String key) throws Exception {
        insert(principal, ROUTE, key);
        var hash = MessageDigest.getInstance("SHA-256").digest((principal + "\n" + ROUTE + "\n" + key).getBytes(UTF_8));
        var bits = ByteBuffer.wrap(hash);
        assertThat(database.sql("SELECT id FROM idempotency.keys WHERE principal = ? AND key = ?")
                        .params(principal, key)
                        .query(UUID.class)
                        .single())
                .isEqualTo(new UUID(bits.getLong(), bits.getLong()));
    }

    @Test
    void theSameKeyOfTheSameCallerAndRouteIsThereOnlyOnce() {
        insert(principal, ROUTE, "k");
        insert(principal, "POST /other", "k");
        insert(principal + "1", ROUTE, "k");
        assertThatThrownBy(() -> insert(principal, ROUTE, "k")).isInstanceOf(DataIntegrityViolationException.class);
        assertThat(keys()).isEqualTo(2);
    }

    @Test
    void callerAndRouteHaveNoLineBreakThatCouldMoveFromOneToTheOther() {
        assertThatThrownBy(() -> insert(principal + "\nPOST", "/hashed", "k"))
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThatThrownBy(() -> insert(principal, "POST /hashed\nk", "l"))
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThat(keys()).isZero();
    }

    private int keys() {
        return database.sql("SELECT count(*) FROM idempotency.keys WHERE principal = ?")
                .param(principal)
                .query(Integer.class)
                .single();
    }

    private void insert(String caller, String route, String key) {
        database.sql("""
                        INSERT INTO idempotency.keys (principal, route, key, fingerprint, status, answer)
                        VALUES (?, ?, ?, sha256(''), 200, '')
                        """).params(caller, route, key).update();
    }
}
