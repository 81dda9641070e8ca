package kontor.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kontor.Kontor;
import kontor.accounts.Accounts;
import kontor.accounts.LoginResult;
import kontor.accounts.LoginResult.Welcome;
import kontor.accounts.LoginResult.Wrong;
import kontor.accounts.Logins;
import kontor.accounts.Registration;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.SessionKind;
import kontor.catalog.Catalog;
import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.database.TestDatabase;
import kontor.orders.imports.Imports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** On a database of its own: its goods and its history would be in everybody's way. */
class DemoShopTest {
    private static final String DATABASE = "demo_shop";

    @TempDir
    private Path folder;

    private static ConfigurableApplicationContext start(DemoSecrets secrets) {
        var settings = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--kontor.accounts.argon2-memory=64KB",
                "--kontor.accounts.argon2-passes=1",
                "--kontor.admin.email=" + DemoSecrets.ADMIN,
                "--kontor.admin.password=" + secrets.adminPassword()));
        TestDatabase.another(DATABASE).forEach((name, value) -> settings.add("--" + name + "=" + value));
        return SpringApplication.run(Kontor.class, settings.toArray(String[]::new));
    }

    @Test
    void makesUpForWhatAKilledDemoHasLeftOutAndTheNextTimeFindsEverythingThere() throws IOException {
        var secrets = DemoSecrets.in(DataFolder.at(folder));
        var database = new JdbcTemplate(TestDatabase.superuserOf(DATABASE));
        try (var context = start(secrets)) {
            var shop = context.getBean(DemoShop.class);
            cutOff(context, database);

            var taken = orders(database);
            assertThat(taken).isPositive();

            shop.open(secrets);
            assertThat(states(database)).containsExactly("interrupted", "completed");
            var all = orders(database);
            assertThat(all).isGreaterThan(taken);

            shop.open(secrets);
            assertThat(states(database)).containsExactly("interrupted", "completed");
            assertThat(orders(database)).isEqualTo(all);

            var logins = context.getBean(Logins.class);
            assertThat(login(logins, DemoSecrets.CUSTOMER, secrets.customerPassword()))
                    .isInstanceOf(Welcome.class);
            assertThat(login(logins, DemoSecrets.ADMIN, secrets.adminPassword()))
                    .isInstanceOf(Welcome.class);
            assertThat(login(logins, DemoSecrets.ADMIN, secrets.customerPassword()))
                    .isInstanceOf(Wrong.class);

            var accounts = context.getBean(Accounts.class);
            assertThatCode(shop::refuseRealShop).doesNotThrowAnyException();
            accounts.createAdmin(new Registration("Owner", "owner@example.org", "runs a real shop"));
            assertThatThrownBy(shop::refuseRealShop).isInstanceOf(CannotStart.class);
        }
    }

    private static LoginResult login(Logins logins, String email, String password) {
        return logins.byPassword(email, password, SessionKind.TOKEN, new Client("127.0.0.1", null, null));
    }

    /** What a demo leaves behind that was killed in the middle of the history. */
    private static void cutOff(ConfigurableApplicationContext context, JdbcTemplate database) throws IOException {
        context.getBean(Catalog.class).importCsv(bytes(RetailerData.catalogue()), false, DemoShop.ACTOR);
        try (var invoices =
                new BufferedReader(new InputStreamReader(RetailerData.invoices(), StandardCharsets.UTF_8))) {
            var half = invoices.lines().limit(5_000).collect(Collectors.joining("\n"));
            context.getBean(Imports.class).run(bytes(half), DemoShop.HISTORY, DemoShop.ACTOR);
        }
        database.update("UPDATE orders.imports SET state = 'running', finished_at = NULL");
    }

    @Test
    void keepsItsSecretsWhereOnlyTheOwnerReadsThemAndMakesUpOthersElsewhere() throws IOException {
        var first = DemoSecrets.in(DataFolder.at(folder.resolve("a")));
        assertThat(DemoSecrets.in(DataFolder.at(folder.resolve("a")))).isEqualTo(first);
        assertThat(DemoSecrets.in(DataFolder.at(folder.resolve("b"))).adminPassword())
                .isNotEqualTo(first.adminPassword());
        assertThat(Files.getPosixFilePermissions(folder.resolve("a/demo.properties")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(first.toString()).doesNotContain(first.adminPassword());
    }

    @Test
    void theRetailersCatalogueIsThatOfItsInvoices() throws IOException {
        var lines = RetailerData.catalogue().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("sku,name,price_GBP,on_hand");
        assertThat(lines).hasSizeGreaterThan(1_800);
        assertThat(lines.stream().filter(line -> line.startsWith("85123A,")))
                .singleElement()
                .asString()
                .startsWith("85123A,White hanging heart t-light holder,2.55,");
        assertThat(lines).noneMatch(line -> line.startsWith("POST,") || line.startsWith("BANK"));
        try (var invoices =
                new BufferedReader(new InputStreamReader(RetailerData.invoices(), StandardCharsets.UTF_8))) {
            assertThat(invoices.lines().count()).isEqualTo(10_001);
        }
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> states(JdbcTemplate database) {
        return database.queryForList("SELECT state FROM orders.imports ORDER BY id", String.class);
    }

    private static long orders(JdbcTemplate database) {
        return requireNonNull(database.queryForObject("SELECT count(*) FROM orders.orders", Long.class));
    }
}
