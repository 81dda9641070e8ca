package kontor.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class OneTimeTokensTest {
    private static final Duration SOON = Duration.ofMinutes(10);

    @Autowired
    OneTimeTokens tokens;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    @Test
    void areGoodOnceForTheirPurpose() {
        var ann = users.customer();
        var meaning = new Meaning(ann.id(), "what for");
        var token = tokens.issue("one", meaning, SOON);
        assertThat(tokens.use("other", token)).isEmpty();
        assertThat(tokens.read("one", token)).contains(meaning);
        assertThat(tokens.use("one", token)).contains(meaning);
        assertThat(tokens.use("one", token)).isEmpty();
        assertThat(tokens.read("one", token)).isEmpty();
    }

    @Test
    void haveTheirTime() {
        var token = tokens.issue("late", new Meaning(null, null), SOON);
        owner.sql("""
                        UPDATE accounts.one_time_tokens SET created_at = now() - interval '1 hour', expires_at = now()
                        WHERE purpose = 'late'
                        """).update();
        assertThat(tokens.read("late", token)).isEmpty();
        assertThat(tokens.use("late", token)).isEmpty();
    }

    @Test
    void areNotKeptAsTheyAre() {
        var token = tokens.issue("kept", new Meaning(null, null), SOON);
        assertThat(Opaque.isWellFormed(token)).isTrue();
        assertThat(owner.sql("SELECT hash FROM accounts.one_time_tokens WHERE purpose = 'kept'")
                        .query(byte[].class)
                        .single())
                .isEqualTo(Opaque.hash(token));
    }

    @Test
    void ofAUserCanBeWithdrawn() {
        var ann = users.customer();
        var ben = users.customer();
        var hers = tokens.issue("back", new Meaning(ann.id(), null), SOON);
        var his = tokens.issue("back", new Meaning(ben.id(), null), SOON);
        tokens.withdraw("back", ann.id());
        assertThat(tokens.use("back", hers)).isEmpty();
        assertThat(tokens.use("back", his)).isPresent();
    }

    @Test
    void thatAreNoneAreNotLookedUp() {
        for (var wrong : new String[] {null, "", "x", "x".repeat(43) + "\u0000", "' OR 1=1", "x".repeat(1_000_000)})
            assertThat(tokens.use("one", wrong)).isEmpty();
    }
}
