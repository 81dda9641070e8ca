package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class SigningKeysTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    SigningKeys keys;

    @Autowired
    SigningKeyStore store;

    @Autowired
    SessionSettings settings;

    @Autowired
    TransactionTemplate transaction;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private String before;

    @BeforeEach
    void rememberWhoSigns() {
        before = keys.signing().id();
    }

    /** The others' tokens are signed with it. */
    @AfterEach
    void onlyTheOneBeforeIsLeft() {
        owner.sql("DELETE FROM accounts.signing_keys WHERE id <> ?")
                .param(before)
                .update();
        owner.sql("UPDATE accounts.signing_keys SET signs_from = now() - interval '1 minute'")
                .update();
        keys.refresh();
        assertThat(keys.signing().id()).isEqualTo(before);
    }

    @Test
    void areTheSameAfterARestart() {
        assertThat(node().signing().id()).isEqualTo(before);
    }

    @Test
    void areMadeOnceByNodesThatStartTogether() throws Exception {
        var kept = store.keys().getFirst();
        owner.sql("DELETE FROM accounts.signing_keys").update();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var node = (Callable<String>) () -> node().signing().id();
            var newest = threads.invokeAll(List.of(node, node, node)).stream()
                    .map(Future::resultNow)
                    .distinct()
                    .toList();
            assertThat(newest).hasSize(1).doesNotContain(before);
            assertThat(store.keys()).hasSize(1);
        } finally {
            store.insert(kept.id(), kept.jwk(), Duration.ZERO);
        }
    }

    @Test
    void areSealedInTheDatabaseAlsoThoseOfAnOlderInstallation() {
        var kept = store.keys().getFirst();
        assertThat(inTheDatabase()).doesNotContain("\"kty\"");
        owner.sql("UPDATE accounts.signing_keys SET jwk = ? WHERE id = ?")
                .params(kept.jwk(), before)
                .update();
        assertThat(node().signing().id()).isEqualTo(before);
        assertThat(inTheDatabase()).doesNotContain("\"kty\"");
        assertThat(store.keys().getFirst().jwk()).isEqualTo(kept.jwk());
    }

    @Test
    void thatCannotBeOpenedHoldUpNoOthers() {
        owner.sql("INSERT INTO accounts.signing_keys (id, jwk, signs_from) VALUES ('strange', 's1.gone.AAAA', now())")
                .update();
        keys.refresh();
        assertThat(keys.signing().id()).isEqualTo(before);
        assertThat(node().signing().id()).isEqualTo(before);
        assertThat(api.as(users.customer()).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void signThoughTheClockWasSetBack() {
        owner.sql("UPDATE accounts.signing_keys SET signs_from = now() + interval '3 days'")
                .update();
        assertThat(node().signing().id()).isEqualTo(before);
    }

    @Test
    void ofAnotherServerAreLookedForWhenAFirstTokenComesOfThem() {
        var other = node();
        var next = keys.rotate();
        itIsTime(next);
        assertThat(other.verifier(next)).isNull();
        await().until(() -> other.verifierOfNew(next) != null);
    }

    @Test
    void arePublishedBeforeTheySign() {
        var next = keys.rotate();
        assertThat(keys.signing().id()).isEqualTo(before);
        assertThat(api.get("/.well-known/jwks.json").text()).contains(before, next);
        itIsTime(next);
        keys.refresh();
        assertThat(keys.signing().id()).isEqualTo(next);
        assertThat(api.as(users.customer()).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void thatHaveASuccessorStillVerifyWhatTheySigned() {
        var early = users.customer();
        var other = node();
        itIsTime(keys.rotate());
        other.refresh();
        assertThat(other.signing().id()).isNotEqualTo(before);
        assertThat(other.verifier(before)).isNotNull();
        keys.refresh();
        assertThat(api.as(early).get("/users/me").status()).isEqualTo(200);
    }

    @Test
    void goWhenTheLastTokenThatTheySignedIsOver() {
        var next = keys.rotate();
        var kept = store.keys().stream()
                .filter(key -> key.id().equals(before))
                .findFirst()
                .orElseThrow();
        owner.sql("UPDATE accounts.signing_keys SET signs_from = now() - interval '14 minutes' WHERE id = ?")
                .param(next)
                .update();
        keys.refresh();
        assertThat(keys.verifier(before)).isNotNull();
        owner.sql("UPDATE accounts.signing_keys SET signs_from = signs_from - interval '1 day' WHERE id = ?")
                .param(before)
                .update();
        owner.sql("UPDATE accounts.signing_keys SET signs_from = now() - interval '17 minutes' WHERE id = ?")
                .param(next)
                .update();
        keys.refresh();
        assertThat(keys.verifier(before)).isNull();
        assertThat(keys.verifier(next)).isNotNull();
        store.insert(kept.id(), kept.jwk(), Duration.ZERO);
    }

    @Test
    void haveOneSuccessorMadeWhenTheirTimeComesHoweverManyNodesThereAre() throws Exception {
        owner.sql("UPDATE accounts.signing_keys SET signs_from = now() - interval '91 days'")
                .update();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var node = Executors.callable(() -> node().refresh());
            threads.invokeAll(List.of(node, node, node)).forEach(Future::resultNow);
        }
        assertThat(store.keys()).hasSize(2);
        assertThat(store.keys().getFirst().signs()).isFalse();
    }

    @Test
    void thatSomebodyElseMayHaveAreTakenAwayAtOnce() {
        var admin = users.admin();
        var kept = store.keys().getFirst();
        var victim = users.customer();
        assertThat(api.as(victim).get("/users/me").status()).isEqualTo(200);
        try {
            assertThat(api.as(admin).delete("/signing-keys/" + before).status()).isEqualTo(204);
            assertThat(api.as(victim).get("/users/me").status()).isEqualTo(401);
            assertThat(keys.signing().id()).isNotEqualTo(before);
            assertThat(api.as(users.customer()).get("/users/me").status()).isEqualTo(200);
        } finally {
            store.insert(kept.id(), kept.jwk(), Duration.ZERO);
        }
    }

    @Test
    void areChangedByThoseWhoMayAndSeenWithoutTheirPrivateHalves() {
        var admin = users.admin();
        assertThat(api.as(admin).post("/signing-keys", null).status()).isEqualTo(201);
        var list = api.as(admin).get("/signing-keys");
        assertThat(list.json().at("/items")).hasSize(2);
        assertThat(list.text()).doesNotContain("\"d\"", "jwk");
        assertThat(api.as(users.customer()).post("/signing-keys", null).status())
                .isEqualTo(403);
        assertThat(api.post("/signing-keys", null).status()).isEqualTo(401);
        assertThat(api.as(admin).delete("/signing-keys/nonsense").status()).isEqualTo(404);
        assertThat(store.keys()).hasSize(2);
    }

    private String inTheDatabase() {
        return owner.sql("SELECT string_agg(jwk, ' ') FROM accounts.signing_keys")
                .query(String.class)
                .single();
    }

    private void itIsTime(String key) {
        owner.sql("UPDATE accounts.signing_keys SET signs_from = now() WHERE id = ?")
                .param(key)
                .update();
    }

    private SigningKeys node() {
        return new SigningKeys(store, settings, transaction);
    }
}
