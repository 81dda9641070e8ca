package kontor.catalog;

import static kontor.catalog.Shelf.newSku;
import static kontor.catalog.Shelf.product;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Edits of the catalogue that are sent again under their key, because the first answer was lost. */
@KontorTest
class RepeatingEditsTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Catalog catalog;

    private final String key = UUID.randomUUID().toString();
    private Api staff;

    @BeforeEach
    void signIn() {
        staff = api.as(users.with("catalog:write", "inventory:write", "inventory:read"));
    }

    @Test
    void aCreationIsAnsweredWithItsETagAgain() {
        var jar = product("Twice Made Jar", newSku(), 100);
        var first = staff.post("/products", jar, "Idempotency-Key", key);
        var again = staff.post("/products", jar, "Idempotency-Key", key);
        assertReplayed(first, again, 201);
        assertThat(first.header("ETag")).isNotEmpty();
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    }

    @Test
    void aChangeHappensOnceAlthoughItsVersionHasGone() {
        var before = staff.post("/products", product("Jar", newSku(), 100));
        var path = before.header("Location");
        var first = change(path, "{\"name\": \"Fine Jar\"}", before.header("ETag"));
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        var later = staff.patch(path, "{\"name\": \"Finest Jar\"}", "If-Match", first.header("ETag"));

        var again = change(path, "{\"name\": \"Fine Jar\"}", before.header("ETag"));
        assertReplayed(first, again, 200);
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(api.get(path).text()).isEqualTo(later.text());
    }

    @Test
    void aChangeThatSaysSomethingElseIsRefusedAndChangesNothing() {
        var before = staff.post("/products", product("Jar", newSku(), 100));
        var path = before.header("Location");
        var first = change(path, "{\"name\": \"Fine Jar\"}", before.header("ETag"));
        assertReused(change(path, "{\"name\": \"Poor Jar\"}", before.header("ETag")));
        assertReused(change(path, "{\"name\": \"Fine Jar\"}", "*"));
        assertThat(api.get(path).text()).isEqualTo(first.text());
    }

    @Test
    void aChangeOfAnOlderVersionIsRefusedAndLeavesTheKeyFree() {
        var before = staff.post("/products", product("Jar", newSku(), 100));
        var path = before.header("Location");
        assertThat(change(path, "{\"name\": \"Fine Jar\"}", "\"0\"").status()).isEqualTo(412);
        assertThat(api.get(path).text()).isEqualTo(before.text());
        assertThat(change(path, "{\"name\": \"Fine Jar\"}", before.header("ETag"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aProductIsTakenOffSaleOnce() {
        var before = staff.post("/products", product("Jar", newSku(), 100));
        var path = before.header("Location");
        var first = staff.delete(path, "If-Match", before.header("ETag"), "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(204);
        var revision = catalog.revisionNow();
        var again = staff.delete(path, "If-Match", before.header("ETag"), "Idempotency-Key", key);
        assertReplayed(first, again, 204);
        assertThat(again.text()).isEmpty();
        assertThat(again.header("Content-Type")).isEmpty();
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertReused(staff.delete(path, "Idempotency-Key", key));
    }

    @Test
    void aLocationIsAddedOnce() {
        var place = "{\"code\": \"%s\", \"name\": \"Shed\"}".formatted(newSku().toLowerCase(java.util.Locale.ROOT));
        var first = staff.post("/locations", place, "Idempotency-Key", key);
        var again = staff.post("/locations", place, "Idempotency-Key", key);
        assertReplayed(first, again, 201);
        assertReused(staff.post("/locations", place.replace("Shed", "Barn"), "Idempotency-Key", key));
        assertThat(staff.post("/locations", place).at("/code")).isEqualTo("code_taken");
    }

    @Test
    void aFileIsTakenOverOnce() {
        var sku = newSku();
        var csv = "sku,name,price_GBP\n%s,Filed Jar,1.00\n".formatted(sku);
        var first = send(csv, "");
        assertThat(first.at("/variants_created")).isEqualTo("1");
        var revision = catalog.revisionNow();
        assertReplayed(first, send(csv, ""), 200);
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertReused(send(csv.replace("1.00", "2.00"), ""));
        assertReused(send(csv, "?dry_run=true"));
        assertThat(catalog.revisionNow()).isEqualTo(revision);
    }

    @Test
    void aTrialOfAFileIsAnsweredAgainAndKeepsNothing() {
        var sku = newSku();
        var revision = catalog.revisionNow();
        var csv = "sku,name,price_GBP\n%s,Tried Jar,1.00\n".formatted(sku);
        var first = send(csv, "?dry_run=true");
        assertThat(first.at("/variants_created")).isEqualTo("1");
        assertReplayed(first, send(csv, "?dry_run=true"), 200);
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(catalog.refresh().find(sku)).isNull();
    }

    @Test
    void aFileThatIsRefusedLeavesTheKeyFree() {
        var sku = newSku();
        assertThat(send("sku,name,price_GBP\n%s,Jar,cheap\n".formatted(sku), "").status())
                .isEqualTo(422);
        assertThat(send("sku,name,price_GBP\n%s,Jar,1.00\n".formatted(sku), "").status())
                .isEqualTo(200);
    }

    @Test
    void keysThatAreNoneAreRefusedAndChangeNothing() {
        var before = staff.post("/products", product("Jar", newSku(), 100));
        var path = before.header("Location");
        var revision = catalog.revisionNow();
        var bad = new String[] {"If-Match", before.header("ETag"), "Idempotency-Key", "two words"};
        var sku = newSku();
        for (var answer : new Api.Answer[] {
            staff.patch(path, "{\"name\": \"X\"}", bad),
            staff.delete(path, bad),
            staff.post("/locations", "{\"code\": \"no-such\", \"name\": \"X\"}", bad),
            staff.post(
                    "/products/import",
                    "sku,name,price_GBP\n%s,Jar,1.00\n".formatted(sku),
                    "Content-Type",
                    "text/csv",
                    "Idempotency-Key",
                    "two words")
        }) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.at("/code")).isEqualTo("idempotency_key_invalid");
        }
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(staff.get("/locations").text()).doesNotContain("no-such");
    }

    @Test
    void theKeyOfOneIsNotThatOfAnother() {
        var before = staff.post("/products", product("Jar", newSku(), 100));
        var path = before.header("Location");
        change(path, "{\"name\": \"Fine Jar\"}", before.header("ETag"));
        var other = api.as(users.with("catalog:write"))
                .patch(path, "{\"name\": \"Fine Jar\"}", "If-Match", before.header("ETag"), "Idempotency-Key", key);
        assertThat(other.status()).isEqualTo(412);
    }

    private Api.Answer change(String path, String body, String version) {
        return staff.patch(path, body, "If-Match", version, "Idempotency-Key", key);
    }

    private Api.Answer send(String csv, String parameters) {
        return staff.post("/products/import" + parameters, csv, "Content-Type", "text/csv", "Idempotency-Key", key);
    }

    private static void assertReplayed(Api.Answer first, Api.Answer again, int status) {
        assertThat(first.status()).as(first.text()).isEqualTo(status);
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(again.status()).as(again.text()).isEqualTo(status);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    }

    private static void assertReused(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.at("/code")).isEqualTo("idempotency_key_reused");
    }
}
