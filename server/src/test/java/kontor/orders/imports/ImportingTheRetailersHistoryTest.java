package kontor.orders.imports;

import static kontor.orders.imports.TestImports.CSV;
import static kontor.orders.imports.TestImports.dry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import kontor.KontorTest;
import kontor.orders.imports.OrderImportReport.Sum;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The 10,000 lines of the Online Retail data: tried, imported, and imported again. */
@KontorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImportingTheRetailersHistoryTest {
    @Autowired
    private TestImports imports;

    @Autowired
    private JdbcClient database;

    private List<CSVRecord> source;
    private String before;
    private String afterRehearsal;
    private String afterImport;
    private String afterSecondImport;
    private OrderImportReport rehearsed;
    private OrderImportReport imported;
    private OrderImportReport again;

    @BeforeAll
    void importIt() throws IOException {
        try (var file = new InputStreamReader(history(), StandardCharsets.UTF_8);
                var csv = CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get()
                        .parse(file)) {
            source = csv.getRecords();
        }
        before = imports.everything();
        rehearsed = imports.run(dry(CSV), history());
        afterRehearsal = imports.everything();
        imported = imports.run(CSV, history());
        afterImport = imports.everything();
        again = imports.run(CSV, history());
        afterSecondImport = imports.everything();
    }

    @Test
    void everyInvoiceIsAccountedFor() {
        assertThat(imported.state()).isEqualTo(ImportState.COMPLETED);
        assertThat(imported.documents()).isEqualTo(new OrderImportReport.Documents(424, 43, 0, 45));
        assertThat(source.stream().map(row -> row.get("InvoiceNo")).distinct().count())
                .isEqualTo(424 + 43 + 45);
    }

    /** Sums in pounds are taken from the file here, and in pence from the report. */
    @Test
    void importedAndSetAsideAreTheSourceToThePenny() {
        var total = imported.totals().getFirst();
        var read =
                source.stream().map(ImportingTheRetailersHistoryTest::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(imported.totals()).hasSize(1);
        assertThat(total.source().lines()).isEqualTo(source.size()).isEqualTo(10_000);
        assertThat(total.source().amount()).isEqualByComparingTo(read.movePointRight(2));
        assertThat(total.imported().plus(total.setAside())).isEqualTo(total.source());
        assertThat(total.alreadyThere()).isEqualTo(new Sum(0, BigDecimal.ZERO));
        // 45 lines have no price: what is set aside costs nobody anything.
        assertThat(total.setAside()).isEqualTo(new Sum(45, BigDecimal.ZERO));
        assertThat(total.imported().amount())
                .isEqualByComparingTo("18066775"); // £184,248.33 sold − £3,580.58 cancelled
    }

    @Test
    void theShopHasWhatTheReportSays() {
        assertThat(pence("SELECT sum(total) FROM orders.orders WHERE " + ours()))
                .isEqualTo(18_424_833);
        assertThat(pence("SELECT sum(total) FROM orders.credits WHERE import_id = " + imported.id()))
                .isEqualTo(358_058);
        assertThat(pence("SELECT sum(shipping) FROM orders.orders WHERE " + ours()))
                .isEqualTo(385_174);
        assertThat(pence("SELECT count(*) FROM orders.lines WHERE order_id IN (" + ourOrders() + ")"))
                .isEqualTo(9_830);
        assertThat(pence("SELECT count(DISTINCT customer) FROM orders.import_documents WHERE import_id = "
                        + imported.id()))
                .isEqualTo(323);
        assertThat(pence("SELECT count(*) FROM orders.import_documents WHERE customer IS NULL AND import_id = "
                        + imported.id()))
                .isEqualTo(68);
    }

    @Test
    void whatBecameOfTheLinesIsCounted() {
        assertThat(imported.outcomes().stream()
                        .map(count -> "%s %s %d %s"
                                .formatted(
                                        count.outcome(),
                                        count.reason(),
                                        count.lines(),
                                        count.amount().toPlainString())))
                .containsExactlyInAnyOrder(
                        "ORDER_LINE null 9830 18039659",
                        "SHIPPING null 25 385174",
                        "CREDIT_OF_ORDER null 10 -18400",
                        "CUSTOMER_CREDIT null 90 -339658",
                        "SET_ASIDE STOCK_WRITE_OFF 30 0",
                        "SET_ASIDE STOCK_NOTE 15 0");
    }

    @Test
    void everyLineOfTheFileIsNamedWithWhatBecameOfIt() {
        assertThat(pence("SELECT count(*) FROM orders.import_lines WHERE outcome IS NOT NULL AND import_id = "
                        + imported.id()))
                .isEqualTo(10_000);
        assertThat(pence(
                        "SELECT count(DISTINCT line) FROM orders.import_lines WHERE line BETWEEN 2 AND 10001 AND import_id = "
                                + imported.id()))
                .isEqualTo(10_000);
        assertThat(imported.setAside()).hasSize(45).allSatisfy(line -> {
            assertThat(line.reason()).isNotNull();
            assertThat(line.detail()).isNotBlank();
            assertThat(source.get((int) line.line() - 2).get("InvoiceNo")).isEqualTo(line.externalId());
        });
    }

    /** Cancellations whose sale is in the file, and what they took back; found by hand. */
    @ParameterizedTest
    @CsvSource({
        "C536506, 536488",
        "C536737, 536537",
        "C536758, 536395",
        "C536826, 536397",
        "C536979, 536557",
        "C537024, 536617",
        "C537143, 537140",
        "C537157, 537144",
        "C537203, 536591"
    })
    void cancellationsAreCreditedAgainstTheirSale(String credit, String sale) {
        assertThat(database.sql("""
                        SELECT orders.external_id FROM orders.credits JOIN orders.orders ON orders.id = order_id
                        WHERE credits.external_id = ?
                        """).param(credit).query(String.class).list()).containsExactly(sale);
        assertThat(imports.order(sale, "payment_status")).isIn("partially_refunded", "refunded");
    }

    @Test
    void aRehearsalWritesNothingAndReportsTheSame() {
        assertThat(afterRehearsal).isEqualTo(before);
        assertThat(rehearsed.dryRun()).isTrue();
        assertThat(rehearsed.totals()).isEqualTo(imported.totals());
        assertThat(rehearsed.outcomes()).isEqualTo(imported.outcomes());
        assertThat(rehearsed.documents()).isEqualTo(imported.documents());
        assertThat(differingFates(rehearsed, imported)).isZero();
    }

    private long differingFates(OrderImportReport one, OrderImportReport other) {
        var fates =
                "SELECT n, outcome, reason, order_external_id, order_line FROM orders.import_lines WHERE import_id = ";
        return pence("SELECT count(*) FROM (%s %d EXCEPT %s %d)".formatted(fates, one.id(), fates, other.id()));
    }

    @Test
    void aSecondImportChangesNothing() {
        assertThat(afterImport).isNotEqualTo(before);
        assertThat(afterSecondImport).isEqualTo(afterImport);
        assertThat(again.documents()).isEqualTo(new OrderImportReport.Documents(0, 0, 467, 45));
        assertThat(again.totals().getFirst().alreadyThere())
                .isEqualTo(imported.totals().getFirst().imported());
    }

    @Test
    void theBooksBalanceAndAgreeWithOrdersAndPayments() {
        assertThat(pence("SELECT coalesce(sum(amount), 0) FROM ledger.entries WHERE transaction_id IN (" + ourPostings()
                        + ")"))
                .isZero();
        // What customers paid, less what went back, is in the bank; nobody owes anything.
        assertThat(balance("bank")).isEqualTo(18_066_775);
        assertThat(balance("receivables")).isZero();
        assertThat(balance("refunds")).isEqualTo(358_058);
        assertThat(balance("shipping_revenue")).isEqualTo(-385_174);
        assertThat(balance("revenue")).isEqualTo(-(18_424_833 - 385_174));
        assertThat(pence("SELECT sum(captured - refunded) FROM payments.payments WHERE order_id IN (" + ourOrders()
                        + ")"))
                .isEqualTo(18_424_833 - 18_400);
    }

    @Test
    void everyStepIsLegalGaplessAndHeardOf() {
        assertThat(pence("""
                        SELECT count(*) FROM (
                            SELECT order_id, version, from_status, status,
                                   lag(status) OVER steps AS before, row_number() OVER steps AS number
                            FROM orders.history WHERE order_id IN (%s)
                            WINDOW steps AS (PARTITION BY order_id ORDER BY version)) AS step
                        WHERE version <> number OR from_status IS DISTINCT FROM before
                           OR from_status <> status AND (from_status, status) NOT IN (SELECT * FROM orders.transitions)
                        """.formatted(ourOrders()))).isZero();
        assertThat(pence("""
                        SELECT count(*) FROM orders.orders
                        LEFT JOIN orders.history AS last ON order_id = id AND last.version = orders.version
                        WHERE %s AND (orders.status, orders.payment_status, orders.fulfilment_status)
                            IS DISTINCT FROM (last.status, last.payment_status, last.fulfilment_status)
                        """.formatted(ours()))).isZero();
        assertThat(pence("""
                        SELECT count(*) FROM orders.history FULL JOIN events.outbox USING (order_id, version)
                        WHERE order_id IN (%s) AND (outbox.type IS NULL OR history.event IS NULL)
                        """.formatted(ourOrders()))).isZero();
    }

    @Test
    void ordersComeToTheirLines() {
        assertThat(pence("""
                        SELECT count(*) FROM orders.orders
                        WHERE %s AND subtotal <> (SELECT sum(total) FROM orders.lines WHERE order_id = orders.id)
                        """.formatted(ours()))).isZero();
    }

    @Test
    void stockStaysAsItIs() {
        assertThat(pence("SELECT count(*) FROM inventory.movements WHERE order_id IN (" + ourOrders() + ")"))
                .isZero();
        assertThat(pence("SELECT count(*) FROM inventory.holds WHERE order_id IN (" + ourOrders() + ")"))
                .isZero();
    }

    private String ours() {
        return "external_id IN (SELECT external_id FROM orders.import_documents WHERE import_id = " + imported.id()
                + ")";
    }

    private String ourOrders() {
        return "SELECT id FROM orders.orders WHERE " + ours();
    }

    private String ourPostings() {
        return """
                SELECT id FROM ledger.transactions
                WHERE order_id IN (%s)
                   OR source_type = 'import' AND source_id IN (SELECT id FROM orders.credits WHERE import_id = %d)
                """.formatted(ourOrders(), imported.id());
    }

    private long balance(String account) {
        return pence(
                "SELECT coalesce(sum(amount), 0) FROM ledger.entries WHERE account = '%s' AND transaction_id IN (%s)"
                        .formatted(account, ourPostings()));
    }

    private long pence(String sql) {
        return database.sql(sql).query(Long.class).single();
    }

    private static BigDecimal amount(CSVRecord row) {
        return new BigDecimal(row.get("UnitPrice")).multiply(new BigDecimal(row.get("Quantity")));
    }

    private static InputStream history() {
        try {
            return new GZIPInputStream(Objects.requireNonNull(
                    Imports.class.getResourceAsStream("/kontor/demo/online-retail/invoices.csv.gz")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
