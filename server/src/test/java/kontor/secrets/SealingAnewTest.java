package kontor.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import kontor.database.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What happens when an installation gets a new sealing key, on a table and a list of keys of its own. */
class SealingAnewTest {
    private static final SealedColumn COLUMN = new SealedColumn("pg_temp.safe", "id", "secret");
    private static final int SECRETS = 250; // more than are done at once

    private final String older = SealingKey.draw();
    private final String newer = SealingKey.draw();
    private Connection connection;
    private JdbcClient jdbc;
    private SecretStore store;

    @BeforeEach
    void aSafe() throws Exception {
        connection = TestDatabase.owner().getConnection();
        connection.setAutoCommit(false); // nothing of this stays
        jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        jdbc.sql("CREATE TEMPORARY TABLE safe (id bigint PRIMARY KEY, secret text)")
                .update();
        jdbc.sql("DELETE FROM secrets.keys").update();
        store = new SecretStore(jdbc);
        store.note(idOf(older));
        quiet(older, "2 days");
        for (var row = 1; row <= SECRETS; row++) keep(row, with(older).sealText(COLUMN, row, "secret " + row));
    }

    @AfterEach
    void empty() throws Exception {
        connection.rollback();
        connection.close();
    }

    @Test
    void everythingIsSealedWithTheNewestKeyAndTheOlderOneMayGo() {
        sealAnew(newer, older);
        var alone = with(newer);
        for (var row = 1; row <= SECRETS; row++)
            assertThat(alone.openText(COLUMN, row, kept(row))).isEqualTo("secret " + row);
        assertThat(store.keyIds()).containsExactly(idOf(newer));
    }

    @Test
    void whatTheNewestHasSealedStaysAsItIs() {
        sealAnew(newer, older);
        var before = everything();
        sealAnew(newer, older);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void oneThatCannotBeOpenedStaysWithItsKeyAndHoldsUpNoOther() {
        keep(100, with(older).sealText("another row", "copied"));
        var copied = kept(100);
        sealAnew(newer, older);
        assertThat(kept(100)).isEqualTo(copied);
        assertThat(everything()).filteredOn(each -> each.contains(idOf(newer))).hasSize(SECRETS - 1);
        assertThat(store.keyIds()).containsExactlyInAnyOrder(idOf(older), idOf(newer));
    }

    @Test
    void whatIsKeptOpenOrNotAtAllIsLeftAlone() {
        keep(1, "{\"kty\": \"RSA\"}");
        keep(2, null);
        sealAnew(newer, older);
        assertThat(kept(1)).isEqualTo("{\"kty\": \"RSA\"}");
        assertThat(kept(2)).isNull();
    }

    @Test
    void aRowThatChangesMeanwhileIsNotWrittenOver() {
        var old = new SecretStore.Sealed("7", kept(7));
        keep(7, "changed");
        assertThat(store.replace(COLUMN, old, "anew")).isFalse();
        assertThat(kept(7)).isEqualTo("changed");
    }

    @Test
    void aKeyThatAnotherServerStillSealsWithStaysAndSoDoesWhatItHasSealed() {
        var before = everything();
        store.note(idOf(older)); // as that server does
        sealAnew(newer, older);
        assertThat(everything()).isEqualTo(before);
        assertThat(store.keyIds()).containsExactlyInAnyOrder(idOf(older), idOf(newer));
    }

    @Test
    void aKeyIsStruckOutADayAfterTheLastServerHasSealedWithIt() {
        quiet(older, "3 hours");
        sealAnew(newer, older);
        assertThat(everything()).allMatch(each -> each.contains(idOf(newer)));
        assertThat(store.keyIds()).containsExactlyInAnyOrder(idOf(older), idOf(newer));
        quiet(older, "25 hours");
        sealAnew(newer, older);
        assertThat(store.keyIds()).containsExactly(idOf(newer));
    }

    private void quiet(String key, String since) {
        jdbc.sql("UPDATE secrets.keys SET noted_at = now() - CAST(:since AS interval) WHERE id = :id")
                .param("id", idOf(key))
                .param("since", since)
                .update();
    }

    private void sealAnew(String... keys) {
        new SealingAnew(List.of(COLUMN), with(keys), store).seal();
    }

    private static Secrets with(String... keys) {
        return new Secrets(SealingKeys.of(List.of(keys)));
    }

    private static String idOf(String key) {
        return SealingKey.of(key).id();
    }

    private void keep(long row, @Nullable String secret) {
        jdbc.sql("INSERT INTO safe VALUES (:row, :secret) ON CONFLICT (id) DO UPDATE SET secret = :secret")
                .param("row", row)
                .param("secret", secret)
                .update();
    }

    private String kept(long row) {
        return jdbc.sql("SELECT secret FROM safe WHERE id = :row")
                .param("row", row)
                .query((found, _) -> found.getString(1))
                .list()
                .getFirst();
    }

    private List<String> everything() {
        return jdbc.sql("SELECT secret FROM safe ORDER BY id")
                .query(String.class)
                .list();
    }
}
