package kontor.orders.imports;

import static kontor.orders.imports.TestImports.CSV;
import static kontor.orders.imports.TestImports.HEADER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import kontor.KontorTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A file larger than what is held in memory at once, every invoice scattered over all of it. */
@KontorTest
class LargeImportTest {
    private static final int INVOICES = 5_000;
    private static final int ROUNDS = 20;
    private static final int CREDITS = 1_000;

    @Autowired
    private TestImports imports;

    @Autowired
    private JdbcClient database;

    @Test
    void aHundredThousandLinesComeInWhole() {
        var report = imports.run(CSV, new Scattered());
        var sold = BigDecimal.valueOf(2L * 150 * INVOICES * ROUNDS);
        var credited = BigDecimal.valueOf(150L * CREDITS);
        assertThat(report.documents()).isEqualTo(new OrderImportReport.Documents(INVOICES, CREDITS, 0, 0));
        var total = report.totals().getFirst();
        assertThat(total.source().lines()).isEqualTo((long) INVOICES * ROUNDS + CREDITS);
        assertThat(total.imported().amount()).isEqualByComparingTo(sold.subtract(credited));
        assertThat(total.imported()).isEqualTo(total.source());
        assertThat(database.sql("""
                        SELECT count(*) FROM orders.orders
                        WHERE external_id LIKE '8________' AND total = 6000
                          AND payment_status = CASE WHEN external_id < '800001000' THEN 'partially_refunded' ELSE 'paid' END
                          AND (SELECT count(*) FROM orders.lines WHERE order_id = orders.id) = ?
                        """).param(ROUNDS).query(Integer.class).single())
                .isEqualTo(INVOICES);
    }

    /** Makes the file while it is read: line by line one of each invoice, and then the next of each, and then credits. */
    private static class Scattered extends InputStream {
        private byte[] row = HEADER.getBytes(StandardCharsets.UTF_8);
        private int at;
        private int next;

        @Override
        public int read() {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (at == row.length) {
                if (next == INVOICES * ROUNDS + CREDITS) return -1;
                row = row(next++).getBytes(StandardCharsets.UTF_8);
                at = 0;
            }
            var read = Math.min(length, row.length - at);
            System.arraycopy(row, at, into, offset, read);
            at += read;
            return read;
        }

        private static String row(int number) {
            var invoice = number % INVOICES;
            return number < INVOICES * ROUNDS
                    ? "%d,SKU-%d,THING,2,2011-01-01 08:00:00,1.50,8%d,France\n"
                            .formatted(800_000_000 + invoice, number / INVOICES, invoice)
                    : "C%d,SKU-3,THING,-1,2011-01-02 08:00:00,1.50,8%d,France\n"
                            .formatted(800_000_000 + invoice, invoice);
        }
    }
}
