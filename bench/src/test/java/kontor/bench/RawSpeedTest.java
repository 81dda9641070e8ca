package kontor.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import kontor.bench.Basket.Demand;
import kontor.bench.RawOrders.Style;
import kontor.bench.Variant.Driver;
import org.junit.jupiter.api.Test;

class RawSpeedTest {
    private static final Variant FUNCTION = new Variant(Driver.JDBC, Style.FUNCTION, Demand.UNIFORM, 8);
    private static final Variant STATEMENT = new Variant(Driver.PGBENCH, Style.STATEMENT, Demand.UNIFORM, 32);

    private final RawSpeed speed = new RawSpeed();

    @Test
    void theReferenceIsTheBestMeanAndNotTheBestMeasurement() {
        speed.before(FUNCTION, rate(6_000));
        speed.after(FUNCTION, rate(4_000));
        speed.before(STATEMENT, rate(5_200));
        speed.after(STATEMENT, rate(5_400));
        assertThat(speed.best().orElseThrow().variant()).isEqualTo(STATEMENT);
        assertThat(speed.perSecond()).isEqualTo(5_300);
    }

    @Test
    void theDriftIsThatOfAllVariantsTogether() {
        speed.before(FUNCTION, rate(6_000));
        speed.after(FUNCTION, rate(3_000));
        speed.before(STATEMENT, rate(4_000));
        speed.after(STATEMENT, rate(6_000));
        assertThat(speed.drift()).isCloseTo(-0.1, within(1e-9));
        assertThat(speed.figures().getFirst().drift()).isCloseTo(-0.5, within(1e-9));
    }

    @Test
    void whatWasMeasuredOnOneSideOnlyDoesNotCount() {
        speed.before(FUNCTION, rate(5_000));
        speed.after(FUNCTION, rate(5_000));
        speed.before(STATEMENT, rate(9_000));
        assertThat(speed.perSecond()).isEqualTo(5_000);
        assertThat(speed.figures()).hasSize(2);
        assertThat(speed.drift()).isZero();
    }

    @Test
    void withoutMeasurementsThereIsNone() {
        assertThat(speed.best()).isEmpty();
        assertThat(speed.perSecond()).isZero();
    }

    @Test
    void withoutPgbenchJdbcAloneIsCompared() {
        assertThat(Variant.compared(false)).extracting(Variant::driver).containsOnly(Driver.JDBC);
        assertThat(Variant.compared(true))
                .hasSizeGreaterThan(Variant.compared(false).size());
        assertThat(Variant.beside()).doesNotContainAnyElementsOf(Variant.compared(true));
        assertThat(STATEMENT.words()).isEqualTo("one statement through pgbench, 32 clients");
    }

    private static Measured rate(long perSecond) {
        return Samples.measured("raw", perSecond);
    }
}
