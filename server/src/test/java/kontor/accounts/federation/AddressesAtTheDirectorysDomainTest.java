package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import kontor.Api;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.TestDirectory;
import kontor.TestUsers;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** They are the directory's to give: whoever else took one would keep its owner out. */
@ExtendWith(OutputCaptureExtension.class)
class AddressesAtTheDirectorysDomainTest {
    private static final String DATABASE = "directorys_domain";
    private static OwnGateway gateway;
    private static OwnServer server;
    private static JdbcClient superuser;

    private final String address = "somebody-" + UUID.randomUUID() + "@" + TestDirectory.DOMAIN;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateway = new OwnGateway(folder);
        var options = Stream.concat(
                TestDirectory.settings().stream()
                        .filter(option -> !option.contains("manager"))
                        .map(option -> "--" + option),
                Stream.of("--kontor.accounts.ldap.domain=" + TestDirectory.DOMAIN));
        server = new OwnServer(
                TestDatabase.another(DATABASE), gateway, folder.resolve("server"), options.toArray(String[]::new));
        superuser = JdbcClient.create(TestDatabase.superuserOf(DATABASE));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        gateway.close();
    }

    @Test
    void areRegisteredByNobody() {
        var registration = Map.of("name", "Ann", "email", address, "password", TestUsers.PASSWORD);
        for (var caller : new Api[] {guest(), server.staff()})
            for (var each : new Object[] {registration, Map.of("name", "Ann", "email", address)}) {
                var answer = caller.post("/users", each);
                assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            }
        var refused = guest().post("/users", registration);
        assertThat(refused.at("/errors/0/code")).isEqualTo("directory_address");
        assertThat(refused.at("/errors/0/field")).isEqualTo("email");
        assertThat(accounts()).isZero();
    }

    @Test
    void areNobodysNewAddress() {
        var ann = server.bean(TestUsers.class).customer();
        var asked = server.as(ann.token())
                .post("/users/me/email", Map.of("email", address, "current_password", TestUsers.PASSWORD));
        assertThat(asked.status()).isEqualTo(422);
        assertThat(asked.at("/errors/0/code")).isEqualTo("directory_address");
        assertThat(server.staff()
                        .post("/users/" + ann.id() + "/email", Map.of("email", address))
                        .status())
                .isEqualTo(422);
        assertThat(superuser
                        .sql(
                                "SELECT count(*) FROM accounts.one_time_tokens WHERE user_id = ? AND purpose = 'change_email'")
                        .param(ann.id())
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(superuser
                        .sql("SELECT count(*) FROM mail.outgoing WHERE recipient = ?")
                        .param(address)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void ofAdministratorsWhomTheDirectoryDoesNotKnowAreWarnedOf(CapturedOutput log) {
        var warnings = server.bean(AdministratorsAtTheDomain.class);
        warnings.warn();
        assertThat(log).doesNotContain("administrators have an address at");
        superuser
                .sql(
                        "UPDATE accounts.users SET email = ? WHERE id = (SELECT min(user_id) FROM accounts.user_roles WHERE role = 'admin')")
                .param(address)
                .update();
        warnings.warn();
        assertThat(log).contains("1 administrators have an address at " + TestDirectory.DOMAIN);
    }

    private static Api guest() {
        return server.bean(Api.class);
    }

    private int accounts() {
        return superuser
                .sql("SELECT count(*) FROM accounts.users WHERE email = ?")
                .param(address)
                .query(Integer.class)
                .single();
    }
}
