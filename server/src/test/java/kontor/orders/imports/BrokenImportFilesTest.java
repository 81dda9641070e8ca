package kontor.orders.imports;

import static kontor.orders.imports.TestImports.CSV;
import static kontor.orders.imports.TestImports.HEADER;
import static kontor.orders.imports.TestImports.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import kontor.KontorTest;
import kontor.web.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class BrokenImportFilesTest {
    @Autowired
    private TestImports imports;

    @Autowired
    private JdbcClient database;

    private String invoice;
    private String other;

    @BeforeEach
    void names() {
        invoice = number();
        other = number();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CUP,CUP,x,2010-12-01 08:26:00,1.00,17850,France | bad_number | Quantity",
                "CUP,CUP,1.5,2010-12-01 08:26:00,1.00,17850,France | bad_number | Quantity",
                "CUP,CUP,99999999999,2010-12-01 08:26:00,1.00,17850,France | bad_number | Quantity",
                "CUP,CUP,,2010-12-01 08:26:00,1.00,17850,France | missing_value | Quantity",
                "CUP,CUP,1,2010-12-01 08:26:00,1e3,17850,France | bad_number | UnitPrice",
                "CUP,CUP,1,2010-12-01 08:26:00,NaN,17850,France | bad_number | UnitPrice",
                "CUP,CUP,1,01/12/2010,1.00,17850,France | bad_time | 01/12/2010",
                "CUP,CUP,1,2010-02-30 08:26:00,1.00,17850,France | bad_time | 2010-02-30",
                "CUP,CUP,1,,1.00,17850,France | missing_value | InvoiceDate",
                ",CUP,1,2010-12-01 08:26:00,1.00,17850,France | missing_value | StockCode",
                "CUP,CUP,1,2010-12-01 08:26:00,1.00,17850 | wrong_column_count | 7 columns",
                "CUP,CUP,1,2010-12-01 08:26:00,1.00,17850,France,more | wrong_column_count | 9 columns",
                "CUP,\"CUP,1,2010-12-01 08:26:00,1.00,17850,France | unbalanced_quotes | quotation",
                "CUP,\"CU\"P,1,2010-12-01 08:26:00,1.00,17850,France | unbalanced_quotes | quotation",
                "CUP,CU\tP,1,2010-12-01 08:26:00,1.00,17850,France | bad_text | Description"
            })
    void aRowThatCannotBeReadSpoilsItsInvoiceAndNoOther(String rest, String reason, String detail) {
        var before = imports.everything();
        var report = imports.csv(good(invoice), invoice + "," + rest, good(invoice), good(other));
        assertThat(imports.fates(report))
                .containsExactly(
                        "set_aside broken_document",
                        "set_aside " + reason,
                        "set_aside broken_document",
                        "order_line 1 of " + other);
        assertThat(report.setAside().get(1).line()).isEqualTo(3);
        assertThat(report.setAside().get(1).externalId()).isEqualTo(invoice);
        assertThat(report.setAside().get(1).detail()).contains(detail);
        assertThat(imports.isThere(invoice)).isFalse();
        assertThat(imports.everything()).isNotEqualTo(before);
    }

    @Test
    void aRowWithoutInvoiceIsSetAsideAlone() {
        var report = imports.csv(good(invoice), ",CUP,CUP,1,2010-12-01 08:26:00,1.00,,France", ",");
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice, "set_aside missing_value", "set_aside wrong_column_count");
    }

    @Test
    void aQuotationMarkThatIsNeverClosedDoesNotSwallowTheFile() {
        var report = imports.csv(good(invoice), "%s,CUP,\"CUP,1".formatted(number()), good(invoice), good(other));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice,
                        "set_aside unbalanced_quotes",
                        "order_line 2 of " + invoice,
                        "order_line 1 of " + other);
    }

    @Test
    void aNameMayHoldCommasAndQuotationMarks() {
        imports.csv("%s,CUP,\"A \"\"CUP\"\", RED\",1,2010-12-01 08:26:00,1.00,,France".formatted(invoice));
        assertThat(database.sql("""
                        SELECT name FROM orders.lines JOIN orders.orders ON orders.id = order_id WHERE external_id = ?
                        """).param(invoice).query(String.class).single())
                .isEqualTo("A \"CUP\", RED");
    }

    @Test
    void aFormulaIsATextLikeAnyOther() {
        imports.csv("%s,CUP,=HYPERLINK(A1),1,2010-12-01 08:26:00,1.00,,France".formatted(invoice));
        assertThat(imports.isThere(invoice)).isTrue();
    }

    @Test
    void aLineThatIsNotUtf8OrFarTooLongSpoilsOnlyItself() throws IOException {
        var file = new ByteArrayOutputStream();
        file.write((HEADER + good(invoice) + "\n").getBytes(StandardCharsets.UTF_8));
        file.write(new byte[] {'5', (byte) 0xC3, 0x28, '\n'});
        file.write("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
        file.write(("\r\n\n" + good(other) + "\r\n").getBytes(StandardCharsets.UTF_8));
        var report = imports.run(CSV, new ByteArrayInputStream(file.toByteArray()));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice,
                        "set_aside not_utf8",
                        "set_aside line_too_long",
                        "order_line 1 of " + other);
    }

    @Test
    void columnsMayStandInAnyOrder() {
        imports.run(CSV, """
                Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo
                France,,1.25,2010-12-01 08:26,2,CUP,CUP,%s
                """.formatted(invoice));
        assertThat(imports.order(invoice, "total")).isEqualTo("250");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "InvoiceNo,StockCode",
                "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,More",
                "InvoiceNo,InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
                "536365,85123A,MUG,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"
            })
    void aFileWithoutItsHeaderIsRefused(String header) {
        var before = imports.everything();
        assertThatThrownBy(() -> imports.run(CSV, header + "\n")).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.status().value()).isEqualTo(422);
            assertThat(refusal.errors().getFirst().field()).isEqualTo("header");
        });
        assertThat(imports.everything()).isEqualTo(before);
    }

    @Test
    void aFileThatEndsBehindItsHeaderImportsNothing() {
        var report = imports.run(CSV, HEADER);
        assertThat(report.state()).isEqualTo(ImportState.COMPLETED);
        assertThat(report.totals()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadToItsEndImportsNothing() {
        var before = imports.everything();
        var start = new ByteArrayInputStream((HEADER + good(invoice) + "\n").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> imports.run(CSV, new SequenceInputStream(start, new Broken())))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(imports.everything()).isEqualTo(before);
        assertThat(database.sql("SELECT state FROM orders.imports ORDER BY id DESC LIMIT 1")
                        .query(String.class)
                        .single())
                .isEqualTo("failed");
    }

    /** A connection that breaks. */
    private static class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return read();
        }
    }

    private static String good(String invoice) {
        return "%s,MUG,WHITE MUG,1,2010-12-01 08:26:00,2.55,17850,France".formatted(invoice);
    }
}
