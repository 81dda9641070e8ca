package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.database.CannotStart;
import kontor.database.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
@ExtendWith(OutputCaptureExtension.class)
class FirstAdminTest {
    private static final Pattern PRINTED = Pattern.compile("(\\S+@\\S+) {3}(\\S{20})\\R={72}");

    @Autowired
    DirectoryAddresses addresses;

    @Autowired
    Api api;

    @Autowired
    Accounts accounts;

    @Autowired
    TestUsers users;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());
    private List<Long> admins = List.of();

    /** The server of the tests has admins. They step back for a moment. */
    @BeforeEach
    void dismissAdmins() {
        admins = admins();
        owner.sql("""
                DO $$ BEGIN
                    ALTER TABLE accounts.user_roles DISABLE TRIGGER user_roles_keep_an_admin;
                    DELETE FROM accounts.user_roles WHERE role = 'admin';
                    ALTER TABLE accounts.user_roles ENABLE TRIGGER user_roles_keep_an_admin;
                END $$
                """).update();
    }

    @AfterEach
    void restoreAdmins() {
        for (var id : admins)
            owner.sql("INSERT INTO accounts.user_roles (user_id, role) VALUES (?, 'admin') ON CONFLICT DO NOTHING")
                    .param(id)
                    .update();
    }

    @Test
    void hasThePasswordFromTheSettingsWhichIsNotPrinted(CapturedOutput output) {
        var email = newEmail();
        start(email, "given from outside");
        assertThat(login(email, "given from outside")).isEqualTo(200);
        assertThat(output.getAll()).doesNotContain("given from outside").doesNotContain(email);
    }

    @Test
    void getsAMadeUpPasswordPrintedOnceWhenNoneIsGiven(CapturedOutput output) {
        var email = newEmail();
        start(email, null);
        var printed = PRINTED.matcher(output.getOut());
        assertThat(printed.find()).isTrue();
        assertThat(printed.group(1)).isEqualTo(email);
        assertThat(login(email, printed.group(2))).isEqualTo(200);
        assertThat(printed.find()).isFalse();
        start(email, null);
        assertThat(PRINTED.matcher(output.getOut()).results()).hasSize(1);
    }

    @Test
    void isMadeOnceByNodesThatStartTogether(CapturedOutput output) throws Exception {
        var node = (Callable<Boolean>) () -> {
            start(newEmail(), null);
            return true;
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(List.of(node, node, node)).stream().map(Future::resultNow))
                    .containsOnly(true);
        }
        assertThat(admins()).hasSize(1);
        assertThat(PRINTED.matcher(output.getOut()).results()).hasSize(1);
    }

    @Test
    void isNotMadeWhenThereIsOneAlready() {
        var admin = users.admin();
        start(newEmail(), "given from outside");
        assertThat(admins()).containsExactly(admin.id());
    }

    @Test
    void isNotMadeWithAWeakPassword() {
        for (var weak : List.of("short", "password", "kontor2026"))
            assertThatThrownBy(() -> start(newEmail(), weak))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageMatching("KONTOR_ADMIN_PASSWORD .+\\.")
                    .hasMessageNotContaining(weak);
        assertThat(admins()).isEmpty();
    }

    @Test
    void isNotMadeWithoutAnAddress() {
        assertThatThrownBy(() -> start("admin", "given from outside"))
                .isInstanceOf(CannotStart.class)
                .hasMessage("KONTOR_ADMIN_EMAIL must be an e-mail address such as ann@example.org.");
        assertThat(admins()).isEmpty();
    }

    @Test
    void isNotMadeFromACardNumber() {
        assertThatThrownBy(() -> start("4242424242424242@example.org", "given from outside"))
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("The first administrator is refused.");
        assertThat(admins()).isEmpty();
    }

    @Test
    void doesNotTakeOverACustomersAccount() {
        var ann = users.customer();
        assertThatThrownBy(() -> start(ann.email(), "given from outside"))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("KONTOR_ADMIN_EMAIL");
        assertThat(admins()).isEmpty();
        assertThat(login(ann.email(), "given from outside")).isEqualTo(401);
    }

    private void start(String email, @Nullable String password) {
        new FirstAdmin(accounts, addresses, new FirstAdminSettings(email, password)).afterSingletonsInstantiated();
    }

    private int login(String email, String password) {
        return api.post("/login", Map.of("email", email, "password", password)).status();
    }

    private List<Long> admins() {
        return owner.sql("SELECT user_id FROM accounts.user_roles WHERE role = 'admin'")
                .query(Long.class)
                .list();
    }

    private static String newEmail() {
        return "admin." + UUID.randomUUID() + "@example.org";
    }
}
