package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.KontorTest;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class SigningKeysTest {
    @Autowired
    SigningKeys keys;

    @Autowired
    AccountStore store;

    @Autowired
    TransactionTemplate transaction;

    @Test
    void areTheSameAfterARestart() {
        assertThat(new SigningKeys(store, transaction).newest()).isEqualTo(keys.newest());
    }

    @Test
    void areMadeOnceByNodesThatStartTogether() throws Exception {
        var owner = JdbcClient.create(TestDatabase.owner());
        var kept = store.signingKeys();
        owner.sql("DELETE FROM accounts.signing_keys").update();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var node = (Callable<String>) () -> new SigningKeys(store, transaction).newest();
            var newest = threads.invokeAll(List.of(node, node, node)).stream()
                    .map(Future::resultNow)
                    .distinct()
                    .toList();
            assertThat(newest).hasSize(1).doesNotContain(keys.newest());
            assertThat(store.signingKeys()).hasSize(1);
        } finally {
            owner.sql("DELETE FROM accounts.signing_keys").update();
            kept.forEach(jwk -> store.insertSigningKey(keys.newest(), jwk));
        }
    }
}
