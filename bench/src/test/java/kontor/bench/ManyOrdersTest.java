package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ManyOrdersTest {
    @Test
    void aMillionIsAuditedOnlyWhenThereAreSoMany() {
        assertThat(ManyOrders.audits(Options.parse())).isEqualTo(Map.of(100_000L, Goal.B14));
        assertThat(ManyOrders.audits(Options.parse("--orders", "999999"))).isEqualTo(Map.of(100_000L, Goal.B14));
        assertThat(ManyOrders.audits(Options.parse("--orders", "1000000")))
                .isEqualTo(Map.of(100_000L, Goal.B14, 1_000_000L, Goal.B14_MILLION));
    }

    @Test
    void nothingIsAuditedUnasked() {
        assertThat(ManyOrders.audits(Options.parse("--only", "B10", "--orders", "5000000")))
                .isEmpty();
        assertThat(ManyOrders.areWanted(Options.parse("--only", "B3"))).isFalse();
        assertThat(ManyOrders.areWanted(Options.parse("--only", "B14"))).isTrue();
    }
}
