package kontor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import kontor.Api;
import kontor.KontorTest;
import kontor.database.DataFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class DemoShopTest {
    @Autowired
    private Api api;

    @Autowired
    private DemoShop shop;

    @TempDir
    private Path folder;

    @Test
    void letsItsPeopleInAndTheSecondTimeFindsEverythingThere() throws IOException {
        var secrets = DemoSecrets.in(DataFolder.at(folder));
        shop.open(secrets);
        shop.open(secrets);
        assertThat(logIn(DemoSecrets.CUSTOMER, secrets.customerPassword())).isEqualTo(200);
        assertThat(logIn(DemoSecrets.ADMIN, secrets.adminPassword())).isEqualTo(200);
        assertThat(logIn(DemoSecrets.ADMIN, secrets.customerPassword())).isEqualTo(401);
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

    private int logIn(String email, String password) {
        return api.post("/login", "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password))
                .status();
    }
}
