package kontor.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import kontor.KontorTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class SecretsInTheServerTest {
    @Autowired
    private Secrets secrets;

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
}
