package kontor.orders.imports;

import static kontor.orders.imports.TestImports.HEADER;
import static kontor.orders.imports.TestImports.number;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class ImportingOverHttpTest {
    private static final String CSV = "text/csv";

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestImports imports;

    @Autowired
    private ImportTurns turns;

    private Api staff;
    private String invoice;

    @BeforeEach
    void names() {
        staff = api.as(users.with("orders:import", "orders:read"));
        invoice = number();
    }

    @Test
    void aFileIsImportedAndReportedOn() {
        var answer = staff.post("/orders/import", file(3), "Content-Type", CSV + "; charset=utf-8");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("Location")).isEqualTo("/orders/imports/" + answer.at("/id"));
        assertThat(answer.at("/state")).isEqualTo("completed");
        assertThat(answer.at("/documents/orders")).isEqualTo("1");
        assertThat(answer.at("/totals/0/currency")).isEqualTo("GBP");
        assertThat(answer.at("/totals/0/source/amount")).isEqualTo("765");
        assertThat(answer.at("/totals/0/imported/amount")).isEqualTo("765");
        assertThat(answer.at("/outcomes/0/outcome")).isEqualTo("order_line");
        assertThat(answer.at("/outcomes/1/reason")).isEqualTo("stock_write_off");
        assertThat(answer.at("/set_aside/0/line")).isEqualTo("5");
        assertThat(staff.get(answer.header("Location")).json()).isEqualTo(answer.json());
        assertThat(staff.get("/orders/imports?limit=1").json().at("/items/0")).isEqualTo(answer.json());
    }

    @Test
    void everyLineCanBeReadInPages() {
        var report = staff.post("/orders/import", file(3), "Content-Type", CSV);
        var lines = new ArrayList<String>();
        var cursor = "";
        do {
            var page = staff.get(report.at("/lines") + "?limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.json()
                    .at("/items")
                    .forEach(line -> lines.add(line.at("/line").asString() + " "
                            + line.at("/outcome").asString() + " "
                            + line.at("/order_line").asString("")));
            cursor = page.at("/next_cursor");
        } while (!cursor.isEmpty());
        assertThat(lines).containsExactly("2 order_line 1", "3 order_line 2", "4 order_line 3", "5 set_aside ");
        var order = staff.get(report.at("/lines")).at("/items/0/order_id");
        var read = staff.get("/orders/" + order);
        assertThat(read.at("/external_id")).isEqualTo(invoice);
        assertThat(read.at("/external_customer")).isEqualTo("17850");
        assertThat(read.at("/created_at")).isEqualTo("2010-12-01T08:26:00Z");
        assertThat(staff.get(report.at("/lines") + "?outcome=set_aside")
                        .json()
                        .at("/items")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void aDryRunNamesNoOrders() {
        var report = staff.post("/orders/import?dry_run=true", file(1), "Content-Type", CSV);
        assertThat(report.at("/dry_run")).isEqualTo("true");
        assertThat(report.at("/totals/0/imported/amount")).isEqualTo("255");
        assertThat(imports.isThere(invoice)).isFalse();
        staff.post("/orders/import", file(1), "Content-Type", CSV);
        assertThat(staff.get(report.at("/lines")).at("/items/0/order_id")).isEmpty();
    }

    @Test
    void ordersComeInAsJsonToo() {
        var answer = staff.post(
                "/orders/import", """
                        {"external_id": "%s", "placed_at": "2024-05-01T10:00:00Z", "currency": "GBP",
                         "lines": [{"sku": "MUG", "quantity": 1, "unit_price": {"amount": 255, "currency": "GBP"}}]}
                        """.replace("\n", "").formatted(invoice), "Content-Type", "application/x-ndjson");
        assertThat(answer.at("/documents/orders")).as(answer.text()).isEqualTo("1");
        assertThat(imports.order(invoice, "total")).isEqualTo("255");
    }

    @Test
    void pricesAndTimesAreReadAsTheCallerSays() {
        staff.post(
                "/orders/import?currency=JPY&time_zone=Asia/Tokyo",
                """
                        %s%s,MUG,MUG,1,2010-12-01 08:26:00,255,,Japan
                        """.formatted(HEADER, invoice),
                "Content-Type",
                CSV);
        assertThat(imports.order(invoice, "total || ' ' || currency || ' ' || (placed_at AT TIME ZONE 'UTC')"))
                .isEqualTo("255 JPY 2010-11-30 23:26:00");
    }

    @Test
    void whoMayNotImportIsRefusedAndNothingIsWritten() {
        var before = imports.everything();
        var customer = api.as(users.customer());
        var reader = api.as(users.with("orders:read"));
        assertThat(api.post("/orders/import", file(1), "Content-Type", CSV).status())
                .isEqualTo(401);
        assertThat(customer.post("/orders/import", file(1), "Content-Type", CSV).status())
                .isEqualTo(403);
        assertThat(reader.post("/orders/import?dry_run=true", file(1), "Content-Type", CSV)
                        .status())
                .isEqualTo(403);
        for (var path : new String[] {"/orders/imports", "/orders/imports/1", "/orders/imports/1/lines"})
            assertThat(reader.get(path).status()).isEqualTo(403);
        assertThat(imports.everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"currency=POUND", "currency=XXX", "time_zone=Mars/Base", "settled=perhaps", "dry_run=maybe"})
    void aParameterThatIsNoneIsRefusedByItsName(String parameter) {
        var before = imports.everything();
        var answer = staff.post("/orders/import?" + parameter, file(1), "Content-Type", CSV);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo(parameter.substring(0, parameter.indexOf('=')));
        assertThat(imports.everything()).isEqualTo(before);
    }

    @Test
    void anotherKindOfFileIsRefused() {
        assertThat(staff.post("/orders/import", "{}").status()).isEqualTo(415);
        assertThat(staff.post("/orders/import", file(1), "Content-Type", CSV, "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(415);
    }

    @Test
    void aFileWithoutHeaderIsRefused() {
        var answer = staff.post("/orders/import", "536365,85123A\n", "Content-Type", CSV);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).isEqualTo("header");
    }

    @Test
    void twoImportsAtOnceAreOneTooMany() {
        try (var _ = turns.take()) {
            var answer = staff.post("/orders/import", file(1), "Content-Type", CSV);
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.at("/code")).isEqualTo("import_running");
            assertThat(answer.header("Retry-After")).isEqualTo("5");
            assertThat(imports.isThere(invoice)).isFalse();
        }
        assertThat(staff.post("/orders/import", file(1), "Content-Type", CSV).status())
                .isEqualTo(200);
    }

    @Test
    void aFileThatIsSentAgainUnderItsKeyIsAnsweredAgainAndNotRead() {
        var first = send(file(3), "key-of-" + invoice);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        var before = imports.everything();
        var again = send(file(3), "key-of-" + invoice);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        var other = send(file(2), "key-of-" + invoice);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.at("/code")).isEqualTo("idempotency_key_reused");
        assertThat(imports.everything()).isEqualTo(before);
        assertThat(staff.get("/orders/imports?limit=1").at("/items/0/id")).isEqualTo(first.at("/id"));
    }

    @Test
    void aKeyThatIsNoneIsRefusedAndNothingIsWritten() {
        var before = imports.everything();
        assertThat(send(file(1), "two words").at("/code")).isEqualTo("idempotency_key_invalid");
        assertThat(imports.everything()).isEqualTo(before);
    }

    @Test
    void anImportThatBreaksOffImportsNothingAndTheNextOneWorks() throws IOException {
        var user = users.with("orders:import");
        var whole = file(1);
        var address = api.address("/orders/import");
        try (var connection = new Socket(address.getHost(), address.getPort())) {
            connection.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            connection
                    .getOutputStream()
                    .write(("POST /orders/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                                    + "Authorization: Bearer " + user.token() + "\r\nContent-Length: "
                                    + (whole.length() + 100) + "\r\n\r\n" + whole)
                            .getBytes(StandardCharsets.UTF_8));
            connection.shutdownOutput();
            var answer = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400 ");
        }
        assertThat(imports.isThere(invoice)).isFalse();
        assertThat(staff.post("/orders/import", whole, "Content-Type", CSV).status())
                .isEqualTo(200);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(staff.get("/orders/imports/999999999").status()).isEqualTo(404);
        assertThat(staff.get("/orders/imports/999999999/lines").status()).isEqualTo(404);
        assertThat(staff.get("/orders/imports/1/lines?outcome=lost").status()).isEqualTo(422);
        assertThat(staff.get("/orders/imports/1/lines?cursor=-").status()).isEqualTo(422);
    }

    private Api.Answer send(String file, String key) {
        return staff.post("/orders/import", file, "Content-Type", CSV, "Idempotency-Key", key);
    }

    private String file(int lines) {
        return HEADER
                + "%s,MUG,WHITE MUG,1,2010-12-01 08:26:00,2.55,17850.0,France\n"
                        .formatted(invoice)
                        .repeat(lines)
                + "%s,MUG,,-3,2010-12-01 08:26:00,0.0,17850.0,France\n".formatted(invoice);
    }
}
