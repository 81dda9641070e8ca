package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RefundLinesTest {
    private static final OrderLine THREE_FOR_A_POUND = new OrderLine(1, 1L, "MUG", "Mug", 3, 34, 2, 0, 100);
    private static final OrderStore.Row ORDER = new OrderStore.Row(
            1,
            1L,
            null,
            Currency.getInstance("GBP"),
            OrderStatus.CONFIRMED,
            PaymentState.PAID,
            FulfilmentState.UNFULFILLED,
            new Totals(102, 2, 0, 0),
            null,
            null,
            2,
            null,
            null,
            Instant.EPOCH);

    private static long amountOf(long pieces, long before, long amountBefore) {
        var request = new RefundRequest(
                null, List.of(new RefundRequest.Line("MUG", pieces)), null, "other", null, null, null, null);
        return RefundLines.of(request, ORDER, List.of(THREE_FOR_A_POUND), Map.of(1, before), Map.of(1, amountBefore))
                .total();
    }

    @Test
    void allPiecesTogetherComeToTheWhole() {
        assertThat(amountOf(2, 0, 0)).isEqualTo(66);
        assertThat(amountOf(1, 2, 66)).isEqualTo(34);
    }

    @Test
    void noMoreThanTheWholeAlsoWhenTheFirstPiecesWereTakenBack() {
        assertThat(amountOf(2, 1, 34)).isEqualTo(66);
    }

    /** Whose keys were used before there were refunds by transfer finds them again. */
    @Test
    void aRequestWithoutAMethodIsWrittenAsItWasBeforeThereWasOne() {
        var request = new RefundRequest(null, null, null, "other", null, null, null, null);
        assertThat(JsonMapper.shared().writeValueAsString(request))
                .doesNotContain("method")
                .contains("reference");
    }
}
