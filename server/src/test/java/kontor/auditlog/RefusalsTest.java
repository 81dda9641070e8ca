package kontor.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.IntStream;
import kontor.KontorTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whoever is refused again and again fills no disk. */
@KontorTest
class RefusalsTest {
    private static final int PER_MINUTE = 3;

    @Autowired
    private ActStore store;

    @Autowired
    private JdbcTemplate jdbc;

    private Refusals refusals;
    private String network;

    @BeforeEach
    void aMinuteBegins() {
        refusals = new Refusals(store, new AuditLogSettings(PER_MINUTE));
        network = UUID.randomUUID().toString();
    }

    @Test
    void ofANetworkSoManyAreRecordedAMinuteAndTheRestIsCounted() {
        assertThat(admitted(network, 10)).isEqualTo(PER_MINUTE);
        assertThat(admitted(network + "-other", 2)).isEqualTo(2);
        refusals.tellWhatWasLeftOut();
        assertThat(counted(network)).isEqualTo("7");
        assertThat(admitted(network, 1)).isEqualTo(1);
        refusals.tellWhatWasLeftOut();
        assertThat(leftOut(network)).isEqualTo(1);
        assertThat(leftOut(network + "-other")).isZero();
    }

    @Test
    void ofAllNetworksTogetherThirtyTimesAsMany() {
        var admitted =
                IntStream.range(0, 1_000).map(i -> admitted(network + i, 2)).sum();
        assertThat(admitted).isEqualTo(Refusals.NETWORKS * PER_MINUTE);
        var before = rows();
        refusals.tellWhatWasLeftOut();
        assertThat(rows() - before).isLessThanOrEqualTo(2L * Refusals.NETWORKS + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64",
        "2001:db8:1:2:ffff::1, 2001:db8:1:2:0:0:0:0/64",
        "::ffff:192.0.2.1, 192.0.2.1",
        "no:address, others",
    })
    void aNetworkIsWhatOneSubscriberHas(String address, String expected) {
        assertThat(Refusals.networkOf(address)).isEqualTo(expected);
    }

    private int admitted(String address, int times) {
        return (int)
                IntStream.range(0, times).filter(_ -> refusals.admit(address)).count();
    }

    private String counted(String address) {
        return String.valueOf(jdbc.queryForObject(
                "SELECT after ->> 'count' FROM auditlog.acts WHERE network = ? AND action = 'refusals.left_out'",
                String.class,
                address));
    }

    private long leftOut(String address) {
        return count("SELECT count(*) FROM auditlog.acts WHERE network = '" + address + "'");
    }

    private long rows() {
        return count("SELECT count(*) FROM auditlog.acts WHERE network LIKE '" + network + "%' OR network = 'others'");
    }

    private long count(String sql) {
        var count = jdbc.queryForObject(sql, Long.class);
        return count == null ? 0 : count;
    }
}
