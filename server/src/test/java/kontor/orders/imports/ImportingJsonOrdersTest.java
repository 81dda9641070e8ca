package kontor.orders.imports;

import static kontor.orders.imports.TestImports.NDJSON;
import static kontor.orders.imports.TestImports.dry;
import static kontor.orders.imports.TestImports.number;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kontor.KontorTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class ImportingJsonOrdersTest {
    @Autowired
    private TestImports imports;

    private String order;
    private String customer;

    @BeforeEach
    void names() {
        order = "R-" + number();
        customer = "K-" + number();
    }

    @Test
    void anOrderComesInWithAllItsAmounts() {
        var report = imports.run(NDJSON, """
                {"external_id": "%s", "placed_at": "2024-05-01T10:00:00Z", "currency": "EUR", "customer": "%s", \
                "email": "ann@example.org", "country": "DE", \
                "lines": [{"sku": "MUG", "name": "Mug", "quantity": 2, "unit_price": {"amount": 1000, "currency": "EUR"}}], \
                "discount": {"amount": 100, "currency": "EUR"}, "shipping": {"amount": 495, "currency": "EUR"}, \
                "tax": {"amount": 361, "currency": "EUR"}}
                """.formatted(order, customer));
        assertThat(imports.fates(report))
                .containsExactly(
                        "order_line 1 of " + order, "shipping of " + order, "discount of " + order, "tax of " + order);
        assertThat(imports.order(order, "concat_ws(' ', subtotal, discount, shipping, tax, total, currency, email)"))
                .isEqualTo("2000 100 495 361 2756 EUR ann@example.org");
        assertThat(imports.balance("tax_payable", order)).isEqualTo(-361);
        assertThat(report.totals().getFirst().currency()).isEqualTo("EUR");
        assertThat(report.totals().getFirst().imported().amount()).isEqualByComparingTo("2756");
    }

    @Test
    void aCreditTakesBackWhatWasSold() {
        var credit = "G-" + number();
        var file =
                sale(order, 3) + "\n" + sale(credit, 2).replace("\"placed_at\"", "\"type\": \"credit\", \"placed_at\"");
        var rehearsed = imports.run(dry(NDJSON), file);
        assertThat(imports.isThere(order)).isFalse();
        var report = imports.run(NDJSON, file);
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + order, "credit_of_order 1 of " + order);
        assertThat(imports.fates(rehearsed)).isEqualTo(imports.fates(report));
        assertThat(imports.order(order, "payment_status")).isEqualTo("partially_refunded");
        var before = imports.everything();
        var again = imports.run(NDJSON, file);
        assertThat(again.documents()).isEqualTo(new OrderImportReport.Documents(0, 0, 2, 0));
        assertThat(imports.everything()).isEqualTo(before);
    }

    @Test
    void currenciesAreAddedUpEachForItself() {
        var euros = "R-" + number();
        var report = imports.run(NDJSON, sale(order, 1) + "\n" + sale(euros, 2).replace("GBP", "EUR"));
        assertThat(report.totals().stream()
                        .map(total -> total.currency() + " " + total.imported().amount()))
                .containsExactly("EUR 510", "GBP 255");
    }

    @Test
    void theSameNumberTwiceInOneFileIsImportedOnce() {
        var report = imports.run(NDJSON, sale(order, 1) + "\n" + sale(order, 2));
        assertThat(imports.fates(report)).containsExactly("order_line 1 of " + order, "set_aside repeated_external_id");
        assertThat(imports.order(order, "total")).isEqualTo("255");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"quantity\": 1 | \"quantity\": 0 | lines[0].quantity",
                "\"quantity\": 1 | \"quantity\": 1.5 | lines[0].quantity",
                "\"quantity\": 1 | \"quantity\": \"1\" | lines[0].quantity",
                "\"quantity\": 1 | \"quantity\": 1, \"more\": 1 | lines[0].more",
                "\"GBP\"}}] | \"EUR\"}}] | another currency",
                "\"amount\": 255 | \"amount\": -1 | below zero",
                "\"placed_at\": \"2024-05-01T10:00:00Z\", | '' | placedAt",
                "2024-05-01T10:00:00Z | yesterday | placed_at",
                "\"currency\": \"GBP\", \"customer\" | \"currency\": \"XXX\", \"customer\" | currency",
                "\"customer\" | \"country\": \"4111 1111 1111 1111\", \"customer\" | card number",
                "}]} | }] | not valid JSON",
            })
    void anOrderThatCannotBeReadSpoilsOnlyItself(String found, String broken, String detail) {
        var line = sale(order, 1).replace(found, broken.equals("''") ? "" : broken);
        assertThat(line).isNotEqualTo(sale(order, 1));
        var other = "R-" + number();
        var report = imports.run(NDJSON, line + "\n\n" + sale(other, 1) + "\n");
        assertThat(imports.fates(report)).containsExactly("set_aside not_an_order", "order_line 1 of " + other);
        assertThat(report.setAside().getFirst().detail()).contains(detail);
        assertThat(imports.isThere(order)).isFalse();
    }

    @Test
    void whatIsNoObjectAtAllIsSetAside() {
        var report = imports.run(NDJSON, "null\n[]\n17\n\"x\"\n{}\n");
        assertThat(imports.fates(report))
                .isEqualTo(List.of(
                        "set_aside not_an_order",
                        "set_aside not_an_order",
                        "set_aside not_an_order",
                        "set_aside not_an_order",
                        "set_aside not_an_order"));
    }

    private String sale(String externalId, int quantity) {
        return """
                {"external_id": "%s", "placed_at": "2024-05-01T10:00:00Z", "currency": "GBP", "customer": "%s", \
                "lines": [{"sku": "MUG", "quantity": %d, "unit_price": {"amount": 255, "currency": "GBP"}}]}""".formatted(externalId, customer, quantity);
    }
}
