package kontor.catalog;

import static kontor.catalog.Shelf.newSku;
import static kontor.catalog.Shelf.slugOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.money.Money;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class ImportingProductsTest {
    private static final Currency GBP = Currency.getInstance("GBP");
    private static final Currency JPY = Currency.getInstance("JPY");

    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Autowired
    Catalog catalog;

    @Autowired
    JdbcClient jdbc;

    Api staff;

    @BeforeEach
    void signIn() {
        staff = api.as(users.with("catalog:write", "inventory:read", "inventory:write"));
    }

    @Test
    void createsProductsWithVariantsPricesAndStock() {
        var blue = newSku();
        var red = newSku();
        var alone = newSku();
        var slug = "imported-mug-" + slugOf(blue);
        var report = imported("""
                sku,product,name,variant,description,status,price_GBP,price_jpy,on_hand
                %s,%s,Imported mug,blue,"Holds tea,
                and ""coffee"".",,2.55,500,12
                %s,%s,,red,,,2.5,,

                '%s,,'=Lone,,,archived,0,,0
                """.formatted(blue, slug, red, slug, alone));
        assertThat(report.text())
                .isEqualTo("{\"dry_run\":false,\"rows\":3,\"products_created\":2,\"products_changed\":0,"
                        + "\"variants_created\":3,\"variants_changed\":0,\"prices_changed\":4,\"stock_changed\":1}");

        var product = api.get("/products/" + slug);
        assertThat(product.at("/name")).isEqualTo("Imported mug");
        assertThat(product.at("/description")).isEqualTo("Holds tea,\nand \"coffee\".");
        assertThat(product.at("/variants/0/sku")).isEqualTo(blue);
        assertThat(product.at("/variants/1/name")).isEqualTo("red");
        assertThat(article(blue).name()).isEqualTo("Imported mug, blue");
        assertThat(article(blue).priceIn(GBP)).isEqualTo(Money.of(255, "GBP"));
        assertThat(article(blue).priceIn(JPY)).isEqualTo(Money.of(500, "JPY"));
        assertThat(article(red).prices().values()).containsExactly(Money.of(250, "GBP"));
        assertThat(article("'" + alone).name())
                .as("an apostrophe before a letter is part of it")
                .isEqualTo("=Lone");
        assertThat(article("'" + alone).active()).isFalse();

        assertThat(staff.get("/stock/" + blue).json().at("/levels/0/on_hand").asLong())
                .isEqualTo(12);
        assertThat(staff.get("/stock/" + blue + "/movements").at("/items/0/reason"))
                .isEqualTo("import");
    }

    @Test
    void changesNothingWhenTheSameFileComesAgain() {
        var csv = """
                sku,product,name,price,currency,on_hand
                %s,,Same again,1.00,EUR,5
                %s,,Same again,2.00,EUR,
                """.formatted(newSku(), newSku());
        imported(csv);
        var revision = catalog.revisionNow();
        assertThat(imported(csv).text())
                .isEqualTo("{\"dry_run\":false,\"rows\":2,\"products_created\":0,"
                        + "\"products_changed\":0,\"variants_created\":0,\"variants_changed\":0,\"prices_changed\":0,"
                        + "\"stock_changed\":0}");
        assertThat(catalog.revisionNow()).isEqualTo(revision);
    }

    @Test
    void changesWhatDiffersAndLeavesWhatTheFileDoesNotSay() {
        var sku = newSku();
        imported("""
                sku,name,variant,description,price_GBP,price_EUR,on_hand
                %s,First name,small,Described,1.00,2.00,5
                """.formatted(sku));
        var before = api.get("/products?query=" + sku);

        var report = imported("sku,price_GBP,on_hand,name\n%s,1.50,9,\n".formatted(sku));
        assertThat(report.json().get("products_changed").asInt()).isZero();
        assertThat(report.json().get("prices_changed").asInt()).isEqualTo(1);
        assertThat(report.json().get("stock_changed").asInt()).isEqualTo(1);
        var after = api.get("/products?query=" + sku);
        assertThat(after.at("/items/0/name")).isEqualTo("First name");
        assertThat(after.at("/items/0/description")).isEqualTo("Described");
        assertThat(after.at("/items/0/variants/0/name")).isEqualTo("small");
        assertThat(after.json().at("/items/0/version").asLong())
                .isGreaterThan(before.json().at("/items/0/version").asLong());
        assertThat(article(sku).prices())
                .containsEntry(GBP, Money.of(150, "GBP"))
                .hasSize(2);
        assertThat(staff.get("/stock/" + sku + "/movements")
                        .json()
                        .at("/items/0/delta")
                        .asLong())
                .isEqualTo(4);

        imported("sku,name,variant,status\n%s,Second name,large,archived\n".formatted(sku));
        assertThat(article(sku).name()).isEqualTo("Second name, large");
        assertThat(article(sku).active()).isFalse();
    }

    @Test
    void addsVariantsToProductsThatAreThere() {
        var first = newSku();
        var second = newSku();
        staff.post("/products", Shelf.product("Grown " + first, first, 1));
        var slug = "grown-" + slugOf(first);
        imported("sku,product,variant,price_GBP\n%s,%s,second,2.00\n".formatted(second, slug));
        assertThat(api.get("/products/" + slug).json().get("variants").size()).isEqualTo(2);
        assertThat(article(second).name()).isEqualTo("Grown " + first + ", second");
    }

    @Test
    void sellsRetiredVariantsAgain() {
        var kept = newSku();
        var retired = newSku();
        imported("sku,product,name,price_GBP\n%s,revived-%s,Revived,1\n%s,revived-%s,Revived,1\n"
                .formatted(kept, slugOf(kept), retired, slugOf(kept)));
        var product = api.get("/products/revived-" + slugOf(kept));
        staff.patch(
                "/products/" + product.at("/id"),
                "{\"variants\": [{\"sku\": \"%s\", \"prices\": [{\"amount\": 1, \"currency\": \"GBP\"}]}]}"
                        .formatted(kept),
                "If-Match",
                "*");
        assertThat(article(retired).active()).isFalse();
        assertThat(imported("sku\n" + retired).json().get("variants_changed").asInt())
                .isEqualTo(1);
        assertThat(article(retired).active()).isTrue();
    }

    @Test
    void tellsProductsOfTheSameNameApart() {
        var skus = Stream.generate(Shelf::newSku).limit(4).toList();
        imported("sku,product,name,price_GBP\n"
                + "%s,,Same Name Thing,1\n%s,,Same Name Thing,1\n%s,,Same Name Thing,1\n%s,same-name-thing,Other,1\n"
                        .formatted(skus.toArray()));
        var slugs = skus.stream()
                .map(sku -> api.get("/products?query=" + sku).at("/items/0/slug"))
                .toList();
        assertThat(slugs).doesNotHaveDuplicates();
        assertThat(slugs.get(3)).isEqualTo("same-name-thing");
        assertThat(slugs.subList(0, 3)).allMatch(slug -> slug.matches("same-name-thing-[0-9]+"));
    }

    @Test
    void takesFilesThatBeginWithAByteOrderMarkOrEndLinesAsWindowsDoes() {
        var sku = newSku();
        imported("\uFEFFsku,name,price_GBP\r\n%s,Windows,1\r\n".formatted(sku));
        assertThat(article(sku).name()).isEqualTo("Windows");
    }

    @Test
    void takesTheTemplate() throws IOException {
        assertThat(imported(Files.readString(Path.of("../docs/catalogue-template.csv")), "?dry_run=true")
                        .json()
                        .get("rows")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void keepsNothingOfADryRun() {
        var sku = newSku();
        var revision = catalog.revisionNow();
        var report = imported("sku,name,price_GBP,on_hand\n%s,Tried,1,5\n".formatted(sku), "?dry_run=true");
        assertThat(report.json().get("dry_run").asBoolean()).isTrue();
        assertThat(report.json().get("products_created").asInt()).isEqualTo(1);
        assertThat(report.json().get("stock_changed").asInt()).isEqualTo(1);
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(catalog.refresh().find(sku)).isNull();
    }

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                wrong("", 1, "", "empty"),
                wrong("name,price_GBP\nx,1\n", 1, "sku", "required"),
                wrong("sku,colour\n", 1, "colour", "unknown_column"),
                wrong("sku,price_XXX\n", 1, "price_XXX", "unknown_column"),
                wrong("sku,SKU\n", 1, "sku", "duplicate"),
                wrong("sku,price\n", 1, "currency", "required"),
                wrong("sku,name,price_GBP\n{sku},x,1\n{sku2},x\n", 3, "", "column_count"),
                wrong("sku,name,price_GBP\n{sku},x,1,1\n", 2, "", "column_count"),
                wrong("sku,name,price_GBP\n{sku},\"x,1\n", 2, "", "malformed"),
                wrong("sku,name,price_GBP\n{sku},\"x\"y,1\n", 2, "", "malformed"),
                wrong("sku,name,price_GBP\n{sku},\"" + "x\n".repeat(600_000), 2, "", "too_long"),
                wrong("sku,name,price_GBP\n,x,1\n", 2, "sku", "required"),
                wrong("sku,name,price_GBP\na b,x,1\n", 2, "sku", "pattern"),
                wrong("sku,product,name,price_GBP\n{sku},Not A Slug,x,1\n", 2, "product", "pattern"),
                wrong("sku,name,price_GBP\n{sku}," + "x".repeat(201) + ",1\n", 2, "name", "too_long"),
                wrong("sku,name,price_GBP\n{sku},a\u0000b,1\n", 2, "name", "plain_text"),
                wrong("sku,name,price_GBP\n{sku},\"a\nb\",1\n", 2, "name", "plain_text"),
                wrong("sku,name,status,price_GBP\n{sku},x,sold,1\n", 2, "status", "unknown"),
                wrong("sku,name,price_GBP\n{sku},x,-1\n", 2, "price_GBP", "not_a_price"),
                wrong("sku,name,price_GBP\n{sku},x,1e3\n", 2, "price_GBP", "not_a_price"),
                wrong("sku,name,price_GBP\n{sku},x,\"1,50\"\n", 2, "price_GBP", "not_a_price"),
                wrong("sku,name,price_GBP\n{sku},x,1.005\n", 2, "price_GBP", "too_precise"),
                wrong("sku,name,price_JPY\n{sku},x,1.5\n", 2, "price_JPY", "too_precise"),
                wrong("sku,name,price_BHD\n{sku},x,1.2345\n", 2, "price_BHD", "too_precise"),
                wrong("sku,name,price_GBP\n{sku},x,99999999999\n", 2, "price_GBP", "out_of_range"),
                wrong("sku,name,price,currency\n{sku},x,1,EURO\n", 2, "currency", "unknown"),
                wrong("sku,name,price,currency\n{sku},x,1,\n", 2, "currency", "unknown"),
                wrong("sku,name,price,currency,price_EUR\n{sku},x,1,EUR,2\n", 2, "price_EUR", "duplicate"),
                wrong("sku,name,price_GBP,on_hand\n{sku},x,1,-1\n", 2, "on_hand", "out_of_range"),
                wrong("sku,name,price_GBP,on_hand\n{sku},x,1,1.5\n", 2, "on_hand", "out_of_range"),
                wrong("sku,name,price_GBP,on_hand\n{sku},x,1,9223372036854775808\n", 2, "on_hand", "out_of_range"),
                wrong("sku,name,price_GBP\n{sku},x,1\n{sku},x,1\n", 3, "sku", "duplicate"),
                wrong("sku,name,price_GBP\n{sku},x,1\n{sku2},,1\n", 3, "name", "required"),
                wrong("sku,name,price_GBP\n{sku},x,1\n{sku2},x,\n", 3, "price", "required"),
                wrong(
                        "sku,product,name,price_GBP\n{sku},one-slug-x,x,1\n{sku2},one-slug-x,y,1\n",
                        3,
                        "name",
                        "contradiction"));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void refusesTheWholeFileForOneWrongLineAndNamesIt(String csv, int line, String field, String code) {
        var sku = newSku();
        var revision = catalog.revisionNow();
        var answer = send(csv.replace("{sku}", sku).replace("{sku2}", newSku()), "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.at("/code")).isEqualTo("import_refused");
        assertThat(answer.json().at("/error_count").asInt()).isEqualTo(1);
        assertThat(answer.json().at("/errors/0/line").asInt()).isEqualTo(line);
        assertThat(answer.at("/errors/0/field")).isEqualTo(field);
        assertThat(answer.at("/errors/0/code")).isEqualTo(code);
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(catalog.refresh().find(sku)).isNull();
    }

    @Test
    void refusesToMoveAnArticleToAnotherProduct() {
        var sku = newSku();
        imported("sku,name,price_GBP\n%s,Settled,1\n".formatted(sku));
        var answer = send("sku,product\n%s,elsewhere\n".formatted(sku), "");
        assertThat(answer.at("/errors/0/code")).isEqualTo("other_product");
        assertThat(article(sku).name()).isEqualTo("Settled");
    }

    @Test
    void refusesWhatIsNotUtf8() throws Exception {
        var answer = sendBytes("sku,name,price_GBP\nX,Café,1\n".getBytes(StandardCharsets.ISO_8859_1), "text/csv");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"code\":\"encoding\"", "\"line\":");
        assertThat(sendBytes("sku\n".getBytes(StandardCharsets.UTF_8), "text/csv;charset=ISO-8859-1")
                        .statusCode())
                .isEqualTo(415);
        assertThat(staff.post("/products/import", "{}").status()).isEqualTo(415);
    }

    @Test
    void refusesStockBelowWhatIsPromisedToOrdersAndLeavesEverythingAsItWas() {
        var sku = newSku();
        var other = newSku();
        imported("sku,name,price_GBP,on_hand\n%s,Promised,1,10\n".formatted(sku));
        jdbc.sql("UPDATE inventory.levels SET reserved = 4 WHERE variant_id = ?")
                .param(article(sku).variantId())
                .update();
        try {
            var answer = send("sku,name,price_GBP,on_hand\n%s,Other,1,5\n%s,Promised,2,3\n".formatted(other, sku), "");
            assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            assertThat(answer.json().at("/errors/0/line").asInt()).isEqualTo(3);
            assertThat(answer.at("/errors/0/field")).isEqualTo("on_hand");
            assertThat(answer.at("/errors/0/code")).isEqualTo("below_reserved");
            assertThat(article(sku).priceIn(GBP)).isEqualTo(Money.of(100, "GBP"));
            assertThat(catalog.refresh().find(other)).isNull();
            assertThat(staff.get("/stock/" + sku).json().at("/levels/0/on_hand").asLong())
                    .isEqualTo(10);
            assertThat(imported("sku,on_hand\n%s,4\n".formatted(sku))
                            .json()
                            .get("stock_changed")
                            .asInt())
                    .isEqualTo(1);
        } finally { // nothing else in this database may see stock that is promised to nobody
            jdbc.sql("UPDATE inventory.levels SET reserved = 0 WHERE variant_id = ?")
                    .param(article(sku).variantId())
                    .update();
        }
    }

    @Test
    void countsAllErrorsAndShowsTheFirstThousand() {
        var lines = IntStream.range(0, 2_500)
                .mapToObj(i -> newSku() + ",x,-1")
                .collect(Collectors.joining("\n", "sku,name,price_GBP\n", "\n"));
        var answer = send(lines, "");
        assertThat(answer.json().get("rows").asInt()).isEqualTo(2_500);
        assertThat(answer.json().get("error_count").asInt()).isEqualTo(2_500);
        assertThat(answer.json().get("errors").size()).isEqualTo(1_000);

        var sku = newSku();
        var doubles = ("\n" + sku + ",x,1").repeat(2_501);
        var doubled = send("sku,name,price_GBP" + doubles, "");
        assertThat(doubled.json().get("error_count").asInt()).isEqualTo(2_500);
        assertThat(doubled.json().get("errors").size()).isEqualTo(1_000);
    }

    @Test
    void takesFilesOfManyBatchesAndSlices() {
        var prefix = newSku();
        var csv = IntStream.range(0, 12_345)
                .mapToObj(i -> "%s-%d,%s-%d,Bulk %d,%d.%02d,%d"
                        .formatted(prefix, i, slugOf(prefix), i / 3, i / 3, i, i % 100, i % 50))
                .collect(Collectors.joining("\n", "sku,product,name,price_GBP,on_hand\n", "\n"));
        var report = imported(csv);
        assertThat(report.json().get("products_created").asInt()).isEqualTo(4_115);
        assertThat(report.json().get("variants_created").asInt()).isEqualTo(12_345);
        assertThat(report.json().get("prices_changed").asInt()).isEqualTo(12_345);
        assertThat(report.json().get("stock_changed").asInt()).isEqualTo(12_098);
        assertThat(article(prefix + "-12344").priceIn(GBP)).isEqualTo(Money.of(1_234_444, "GBP"));
        assertThat(imported(csv).json().get("prices_changed").asInt()).isZero();
    }

    @Test
    void runsOneImportAtATime() throws Exception {
        var sku = newSku();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> first;
            try (var _ = Turn.taken()) {
                first = threads.submit(() -> send("sku,name,price_GBP\n%s,Waited,1\n".formatted(sku), ""));
                Turn.awaitSomebodyWaiting();
                var second = send("sku\n", "?dry_run=true");
                assertThat(second.status()).isEqualTo(409);
                assertThat(second.at("/code")).isEqualTo("import_running");
                assertThat(second.header("Retry-After")).isNotEmpty();
            }
            assertThat(first.get().status()).isEqualTo(200);
        }
        assertThat(send("sku\n", "?dry_run=true").status()).isEqualTo(200);
    }

    @Test
    void keepsNobodyWaitingForASlowUpload() throws Exception {
        var sku = newSku();
        var out = new PipedOutputStream();
        try (var slow = new PipedInputStream(out);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> catalog.importCsv(slow, false, "user:1"));
            out.write("sku,name,price_GBP\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            for (var deadline = System.nanoTime() + 10_000_000_000L; slow.available() > 0; Thread.sleep(10))
                assertThat(System.nanoTime()).as("the upload has begun").isLessThan(deadline);
            imported("sku,name,price_GBP\n%s,Faster,1\n".formatted(newSku()));
            var meanwhile = staff.post("/products", Shelf.product("Meanwhile", newSku(), 1));
            assertThat(meanwhile.status()).isEqualTo(201);
            out.write((sku + ",Slow,1\n").getBytes(StandardCharsets.UTF_8));
            out.close();
            assertThat(first.get().variantsCreated()).isEqualTo(1);
        }
    }

    @Test
    void waitsForItsTurnLongerThanAnEditDoes() throws Exception {
        var sku = newSku();
        var edited = newSku();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Api.Answer> waiting;
            try (var _ = Turn.taken()) {
                waiting = threads.submit(() -> send("sku,name,price_GBP\n%s,Patient,1\n".formatted(sku), ""));
                Turn.awaitSomebodyWaiting();
                var edit = staff.post("/products", Shelf.product("Impatient", edited, 1), "Idempotency-Key", edited);
                assertThat(edit.status()).as(edit.text()).isEqualTo(503);
                assertThat(edit.at("/code")).isEqualTo("busy");
                assertThat(edit.header("Retry-After")).isEqualTo("1");
                assertThat(waiting.isDone()).isFalse();
            }
            assertThat(waiting.get().status()).isEqualTo(200);
        }
        var again = staff.post("/products", Shelf.product("Impatient", edited, 1), "Idempotency-Key", edited);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void keepsNothingOfAFileThatBreaksOff() {
        var cable =
                new FilterInputStream(
                        new ByteArrayInputStream("sku,name,price_GBP\n".getBytes(StandardCharsets.UTF_8))) {
                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        var read = super.read(into, offset, length);
                        if (read < 0) throw new IOException("the network went away");
                        return read;
                    }
                };
        var revision = catalog.revisionNow();
        assertThat(catchThrowable(() -> catalog.importCsv(cable, false, "user:1")))
                .isInstanceOf(IOException.class);
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(send("sku\n", "?dry_run=true").status()).isEqualTo(200);
    }

    @Test
    void isForThoseWhoMayEditTheCatalogue() {
        for (var path : List.of("/products/import", "/products/import?dry_run=true"))
            assertThat(api.as(users.customer())
                            .post(path, "sku\n", "Content-Type", "text/csv")
                            .status())
                    .isEqualTo(403);
        assertThat(api.post("/products/import", "sku\n", "Content-Type", "text/csv")
                        .status())
                .isEqualTo(401);
        assertThat(api.as(users.customer()).get("/products/export").status()).isEqualTo(403);
        assertThat(api.get("/products/export").status()).isEqualTo(401);
    }

    @Test
    void exportsWhatImportsWithoutAChange() {
        var sku = newSku();
        imported("sku,name,variant,description,price_GBP,price_JPY\n%s,'=SUM(A1),'@x,\"a \"\"b\"\",\nc\",2.50,300\n"
                .formatted(sku));
        assertThat(article(sku).name()).isEqualTo("=SUM(A1), @x");

        var export = staff.get("/products/export");
        assertThat(export.status()).isEqualTo(200);
        assertThat(export.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
        assertThat(export.header("Content-Disposition")).contains("products.csv");
        assertThat(export.text()).startsWith("sku,product,name,variant,description,status,price_");
        assertThat(export.text())
                .contains(sku + ",sum-a1,'=SUM(A1),'@x,\"a \"\"b\"\",\nc\",active,")
                .contains(",2.50,");

        var report = imported(export.text());
        assertThat(report.json().get("rows").asInt()).isPositive();
        for (var count : List.of(
                "products_created", "products_changed", "variants_created", "variants_changed", "prices_changed"))
            assertThat(report.json().get(count).asInt()).as(count).isZero();
    }

    private Article article(String sku) {
        return Objects.requireNonNull(catalog.assortment().find(sku), sku);
    }

    private Api.Answer imported(String csv) {
        return imported(csv, "");
    }

    private Api.Answer imported(String csv, String parameters) {
        var answer = send(csv, parameters);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer;
    }

    private Api.Answer send(String csv, String parameters) {
        return staff.post("/products/import" + parameters, csv, "Content-Type", "text/csv");
    }

    private HttpResponse<String> sendBytes(byte[] csv, String type) throws Exception {
        var admin = users.admin();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(api.address("/products/import"))
                            .header("Authorization", "Bearer " + admin.token())
                            .header("Content-Type", type)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(csv))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Arguments wrong(String csv, int line, String field, String code) {
        return Arguments.of(csv, line, field, code);
    }
}
