package kontor.orders.imports;

import static kontor.orders.imports.TestImports.CSV;
import static kontor.orders.imports.TestImports.HEADER;
import static kontor.orders.imports.TestImports.dry;
import static kontor.orders.imports.TestImports.number;
import static kontor.orders.imports.TestImports.unsettled;
import static org.assertj.core.api.Assertions.assertThat;

import kontor.KontorTest;
import kontor.orders.TestShop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rules for CSV, one by one. */
@KontorTest
class ImportingOrdersTest {
    @Autowired
    private TestImports imports;

    @Autowired
    private TestShop shop;

    @Autowired
    private JdbcClient database;

    private String invoice;
    private String customer;

    @BeforeEach
    void names() {
        invoice = number();
        customer = number();
    }

    @Test
    void anInvoiceBecomesACompletedAndPaidOrder() {
        var report = imports.csv(
                "%s,MUG,WHITE MUG,6,2010-12-01 08:26:00,2.55,%s.0,United Kingdom".formatted(invoice, customer),
                "%s,CUP,RED CUP,2,2010-12-01 08:26:00,0.1,%s.0,United Kingdom".formatted(invoice, customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice, "order_line 2 of " + invoice);
        assertThat(
                        imports.order(
                                invoice,
                                "status || ' ' || payment_status || ' ' || fulfilment_status || ' ' || total || ' ' || currency"))
                .isEqualTo("completed paid fulfilled 1550 GBP");
        assertThat(imports.order(invoice, "external_customer || ' ' || external_country || ' ' || source"))
                .isEqualTo(customer + " United Kingdom import");
        assertThat(imports.order(invoice, "customer_id IS NULL")).isEqualTo("true");
    }

    @Test
    void timesAreTheRetailersOwn() {
        imports.csv("%s,MUG,MUG,1,2011-07-01 08:26:00,1,%s,France".formatted(invoice, customer));
        assertThat(imports.order(invoice, "placed_at AT TIME ZONE 'UTC'")).isEqualTo("2011-07-01 07:26:00");
    }

    @Test
    void aGuestsInvoiceBecomesAnOrderWithoutCustomer() {
        imports.csv(line("MUG", 1, "2.55", ""));
        assertThat(imports.order(invoice, "external_customer IS NULL AND customer_id IS NULL"))
                .isEqualTo("true");
    }

    @Test
    void linesOfAnInvoiceMayLieScattered() {
        var other = number();
        var report = imports.csv(
                line("MUG", 1, "1.00", customer),
                "%s,CUP,CUP,1,2010-12-01 09:00:00,2.00,%s,France".formatted(other, customer),
                line("PLATE", 1, "3.00", customer));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice, "order_line 1 of " + other, "order_line 2 of " + invoice);
        assertThat(imports.order(invoice, "total")).isEqualTo("400");
    }

    @Test
    void aCodeThatComesTwiceStaysTwoLines() {
        var report = imports.csv(line("MUG", 1, "1.00", customer), line("MUG", 2, "1.00", customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice, "order_line 2 of " + invoice);
    }

    @Test
    void linesKnowTheArticleIfTheCatalogueHasIt() {
        var mug = shop.article(255, 10);
        imports.csv(line(mug, 1, "1.00", customer), line("UNKNOWN", 1, "1.00", customer));
        assertThat(database.sql("""
                        SELECT (lines.variant_id IS NOT DISTINCT FROM variants.id)::text
                        FROM orders.lines JOIN orders.orders ON orders.id = order_id
                        LEFT JOIN catalog.variants ON variants.sku = lines.sku
                        WHERE external_id = ? ORDER BY line
                        """).param(invoice).query(String.class).list()).containsExactly("true", "true");
        assertThat(shop.available(mug)).as("shipped long ago").isEqualTo(10);
    }

    @Test
    void aLineWithoutNameIsCalledLikeItsArticle() {
        var mug = shop.article(255, 10);
        imports.csv("%s,%s,,1,2010-12-01 08:26:00,1.00,%s,France".formatted(invoice, mug, customer));
        assertThat(database.sql("""
                        SELECT name FROM orders.lines JOIN orders.orders ON orders.id = order_id WHERE external_id = ?
                        """).param(invoice).query(String.class).single())
                .isEqualTo("Article " + mug);
    }

    @Test
    void postageAndCarriageBecomeTheShippingOfTheOrder() {
        var report = imports.csv(
                line("MUG", 1, "1.00", customer),
                line("POST", 2, "18.00", customer),
                line("C2", 1, "50.0", customer),
                line("DOT", 1, "0.5", customer));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice,
                        "shipping of " + invoice,
                        "shipping of " + invoice,
                        "shipping of " + invoice);
        assertThat(imports.order(invoice, "subtotal || ' ' || shipping || ' ' || total"))
                .isEqualTo("100 8650 8750");
        assertThat(imports.balance("shipping_revenue", invoice)).isEqualTo(-8650);
    }

    @Test
    void whereNothingButPostageWasSoldItIsALineOfItsOwn() {
        var report = imports.csv(line("POST", 2, "18.00", customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice);
        assertThat(imports.order(invoice, "subtotal || ' ' || shipping")).isEqualTo("3600 0");
    }

    @Test
    void aDiscountIsTakenOffTheOrder() {
        var report = imports.csv(line("MUG", 2, "5.00", customer), line("D", -1, "1.50", customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice, "discount of " + invoice);
        assertThat(imports.order(invoice, "subtotal || ' ' || discount || ' ' || total"))
                .isEqualTo("1000 150 850");
        assertThat(imports.balance("revenue", invoice)).isEqualTo(-850);
    }

    @Test
    void aDiscountAboveTheSaleIsSetAsideAndTheSaleIsNot() {
        var report = imports.csv(line("MUG", 1, "5.00", customer), line("D", -1, "5.01", customer));
        assertThat(imports.fates(report))
                .containsExactly("order_line 1 of " + invoice, "set_aside discount_above_sale");
        assertThat(imports.order(invoice, "total")).isEqualTo("500");
    }

    @Test
    void manualChargesAndFeesOfACustomerBecomeLinesWithoutArticle() {
        var report = imports.csv(line("M", 1, "1.25", customer), line("BANK CHARGES", 1, "15.00", customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice, "order_line 2 of " + invoice);
    }

    @Test
    void theShopsOwnBookkeepingIsNobodysOrder() {
        var report = imports.csv(
                line("AMAZONFEE", 1, "13541.33", ""),
                "A%s,B,Adjust bad debt,1,2010-12-01 08:26:00,-11062.06,,United Kingdom".formatted(invoice));
        assertThat(imports.fates(report)).containsExactly("set_aside not_a_sale", "set_aside not_a_sale");
        assertThat(imports.isThere(invoice)).isFalse();
        assertThat(report.totals().getFirst().setAside().amount()).isEqualByComparingTo("247927");
    }

    @Test
    void aLineWithoutPriceStaysOnACustomersOrder() {
        var report = imports.csv(line("MUG", 1, "0.0", customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice);
        assertThat(imports.order(invoice, "total || ' ' || payment_status")).isEqualTo("0 paid");
        assertThat(imports.balance("bank", invoice)).isZero();
    }

    @Test
    void anInvoiceWithNeitherPriceNorCustomerIsANoteAboutStock() {
        var report = imports.csv(line("MUG", 56, "0.0", ""));
        assertThat(imports.fates(report)).containsExactly("set_aside stock_note");
        assertThat(imports.isThere(invoice)).isFalse();
    }

    @Test
    void negativeQuantitiesOnASaleAreSetAside() {
        var report = imports.csv(
                line("MUG", 1, "1.00", ""),
                line("CUP", -10, "0.0", ""),
                line("CUP", -10, "2.0", ""),
                line("POST", -1, "18.00", ""));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice,
                        "set_aside stock_write_off",
                        "set_aside negative_on_sale",
                        "set_aside negative_on_sale");
        assertThat(imports.order(invoice, "total")).isEqualTo("100");
        assertThat(report.totals().getFirst().setAside().amount()).isEqualByComparingTo("-3800");
    }

    @Test
    void fractionsOfAPennyAreSetAsideAndStillAddUp() {
        var report = imports.csv(line("MUG", 1, "1.00", customer), line("PEN", 3, "0.001", customer));
        assertThat(imports.fates(report))
                .containsExactly("order_line 1 of " + invoice, "set_aside fraction_of_minor_unit");
        assertThat(report.totals().getFirst().setAside().amount()).isEqualByComparingTo("0.3");
        assertThat(report.totals().getFirst().source().amount()).isEqualByComparingTo("100.3");
    }

    @Test
    void amountsTooLargeToKeepAreSetAside() {
        var report =
                imports.csv(line("MUG", 1, "1.00", customer), line("MOON", 999_999_999, "999999999999.99", customer));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + invoice, "set_aside amount_too_large");
    }

    @Test
    void anInvoiceOfTwoCustomersIsSetAsideWhole() {
        var report = imports.csv(line("MUG", 1, "1.00", customer), line("CUP", 1, "1.00", ""));
        assertThat(imports.fates(report)).containsOnly("set_aside mixed_customers");
        assertThat(imports.isThere(invoice)).isFalse();
    }

    @Test
    void aCancellationIsCreditedAgainstTheSaleThatItTakesBack() {
        var report = imports.csv(line("MUG", 6, "2.55", customer), credit("MUG", -2, "2.55", customer));
        assertThat(imports.fates(report))
                .containsExactly("order_line 1 of " + invoice, "credit_of_order 1 of " + invoice);
        assertThat(imports.order(invoice, "payment_status || ' ' || total || ' ' || status"))
                .isEqualTo("partially_refunded 1530 completed");
        assertThat(refunded(invoice)).isEqualTo(510);
        assertThat(imports.balance("bank", invoice)).isEqualTo(1020);
        assertThat(imports.balance("refunds", invoice)).isEqualTo(510);
        assertThat(steps(invoice)).isEqualTo("placed,paid,completed,refunded");
    }

    @Test
    void anOrderOfWhichEverythingIsCancelledIsRefunded() {
        imports.csv(line("MUG", 6, "2.55", customer), credit("MUG", -6, "2.55", customer));
        assertThat(imports.order(invoice, "payment_status")).isEqualTo("refunded");
        assertThat(imports.balance("bank", invoice)).isZero();
    }

    @Test
    void neverMoreIsCreditedThanWasBought() {
        var report = imports.csv(
                line("MUG", 6, "2.55", customer),
                credit("MUG", -4, "2.55", customer),
                credit("MUG", -3, "2.55", customer),
                credit("MUG", -2, "2.55", customer));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + invoice,
                        "credit_of_order 1 of " + invoice,
                        "customer_credit",
                        "credit_of_order 1 of " + invoice);
        assertThat(refunded(invoice)).isEqualTo(1530);
    }

    @Test
    void theNewestEarlierSaleIsTakenBack() {
        var newer = number();
        var tooLate = number();
        var report = imports.csv(
                line("MUG", 6, "2.55", customer),
                "%s,MUG,MUG,6,2010-12-02 08:26:00,2.55,%s,France".formatted(newer, customer),
                "%s,MUG,MUG,6,2011-12-02 08:26:00,2.55,%s,France".formatted(tooLate, customer),
                credit("MUG", -2, "2.55", customer));
        assertThat(imports.fates(report)).last().isEqualTo("credit_of_order 1 of " + newer);
    }

    @Test
    void aCreditOfSomebodyElseOrOfSomethingElseOrAtAHigherPriceIsTheCustomersOwn() {
        var report = imports.csv(
                line("MUG", 6, "2.55", customer),
                credit("MUG", -1, "2.55", number()),
                credit("CUP", -1, "2.55", customer),
                credit("MUG", -1, "2.56", customer));
        assertThat(imports.fates(report))
                .containsExactly("order_line 1 of " + invoice, "customer_credit", "customer_credit", "customer_credit");
        assertThat(imports.order(invoice, "payment_status")).isEqualTo("paid");
    }

    @Test
    void aCreditNeverExceedsWhatWasPaidForTheOrder() {
        var report = imports.csv(
                line("MUG", 1, "10.00", customer),
                line("D", -1, "4.00", customer),
                credit("MUG", -1, "10.00", customer));
        assertThat(imports.fates(report)).last().isEqualTo("customer_credit");
        assertThat(refunded(invoice)).isZero();
    }

    @Test
    void postageIsTakenBackFromTheShipping() {
        var report = imports.csv(
                line("MUG", 1, "10.00", customer),
                line("POST", 2, "18.00", customer),
                credit("POST", -1, "18.00", customer));
        assertThat(imports.fates(report)).last().isEqualTo("credit_of_order 0 of " + invoice);
        assertThat(refunded(invoice)).isEqualTo(1800);
    }

    @Test
    void anEarlierImportsSaleIsTakenBackToo() {
        imports.csv(line("MUG", 6, "2.55", customer));
        var report = imports.csv(credit("MUG", -2, "2.55", customer));
        assertThat(imports.fates(report)).containsExactly("credit_of_order 1 of " + invoice);
    }

    @Test
    void aCreditForACustomerIsBookedWithoutAnOrder() {
        var report = imports.csv(credit("D", -1, "27.50", customer));
        assertThat(imports.fates(report)).containsExactly("customer_credit");
        assertThat(database.sql("""
                        SELECT given_as || ' ' || total || ' ' || (order_id IS NULL) || ' ' ||
                            (SELECT string_agg(account || ' ' || amount, ', ' ORDER BY line)
                             FROM ledger.transactions JOIN ledger.entries ON transaction_id = transactions.id
                             WHERE source_type = 'import' AND source_id = credits.id AND transactions.order_id IS NULL)
                        FROM orders.credits WHERE external_customer = ?
                        """).param(customer).query(String.class).single())
                .isEqualTo("bank 2750 true refunds 2750, bank -2750");
    }

    @Test
    void aCreditForNobodyIsSetAside() {
        var report = imports.csv(credit("AMAZONFEE", -1, "100.00", ""), credit("M", -1, "5.00", ""));
        assertThat(imports.fates(report)).containsExactly("set_aside not_a_sale", "set_aside credit_for_nobody");
    }

    @Test
    void whatIsNotSettledIsOwed() {
        var report = imports.run(
                unsettled(CSV),
                HEADER
                        + String.join(
                                "\n",
                                line("MUG", 6, "2.55", customer),
                                credit("MUG", -2, "2.55", customer),
                                credit("CUP", -1, "1.00", customer)));
        assertThat(imports.fates(report))
                .containsExactly("order_line 1 of " + invoice, "credit_of_order 1 of " + invoice, "customer_credit");
        assertThat(imports.order(invoice, "status || ' ' || payment_status")).isEqualTo("completed open");
        assertThat(imports.balance("receivables", invoice)).isEqualTo(1020);
        assertThat(imports.balance("bank", invoice)).isZero();
        assertThat(database.sql(
                                "SELECT string_agg(given_as, ',' ORDER BY given_as) FROM orders.credits WHERE external_customer = ?")
                        .param(customer)
                        .query(String.class)
                        .single())
                .isEqualTo("customer_credit,receivable");
        assertThat(steps(invoice)).isEqualTo("placed,completed,credited");
    }

    @Test
    void aSecondImportChangesNothing() {
        var rows = new String[] {
            line("MUG", 6, "2.55", customer),
            line("CUP", -1, "0", customer),
            credit("MUG", -2, "2.55", customer),
            credit("CUP", -1, "1.00", customer)
        };
        imports.csv(rows);
        var before = imports.everything();
        var again = imports.csv(rows);
        assertThat(imports.fates(again))
                .containsExactly(
                        "already_there 1 of " + invoice,
                        "set_aside stock_write_off",
                        "already_there 1 of " + invoice,
                        "already_there");
        assertThat(imports.everything()).isEqualTo(before);
    }

    @Test
    void anotherContentUnderAKnownNumberIsSetAsideAndChangesNothing() {
        var credit = credit("MUG", -2, "2.55", customer);
        imports.csv(line("MUG", 6, "2.55", customer), credit);
        var before = imports.everything();
        var changed = imports.csv(line("MUG", 7, "2.55", customer), credit.replace(",-2,", ",-1,"));
        assertThat(imports.fates(changed)).containsOnly("set_aside differs");
        assertThat(imports.everything()).isEqualTo(before);
    }

    @Test
    void aDryRunReportsTheSameAndWritesNothing() {
        var rows = HEADER
                + String.join(
                        "\n",
                        line("MUG", 6, "2.55", customer),
                        credit("MUG", -4, "2.55", customer),
                        credit("MUG", -4, "2.55", customer));
        var before = imports.everything();
        var rehearsed = imports.run(dry(CSV), rows);
        assertThat(imports.everything()).isEqualTo(before);
        var imported = imports.run(CSV, rows);
        assertThat(imports.fates(rehearsed)).isEqualTo(imports.fates(imported));
        assertThat(rehearsed.totals()).isEqualTo(imported.totals());
        assertThat(rehearsed.documents()).isEqualTo(imported.documents());
    }

    private String line(String code, long quantity, String price, String whose) {
        return "%s,%s,A THING,%d,2010-12-01 08:26:00,%s,%s,France".formatted(invoice, code, quantity, price, whose);
    }

    /** On a credit note of its own, later than the invoice. */
    private static String credit(String code, long quantity, String price, String whose) {
        return "C%s,%s,A THING,%d,2010-12-05 08:26:00,%s,%s,France".formatted(number(), code, quantity, price, whose);
    }

    private long refunded(String externalId) {
        return database.sql("""
                        SELECT refunded FROM payments.payments
                        WHERE order_id = (SELECT id FROM orders.orders WHERE external_id = ?)
                        """).param(externalId).query(Long.class).single();
    }

    private String steps(String externalId) {
        return database.sql("""
                        SELECT string_agg(event, ',' ORDER BY version) FROM orders.history
                        WHERE order_id = (SELECT id FROM orders.orders WHERE external_id = ?)
                        """).param(externalId).query(String.class).single();
    }
}
