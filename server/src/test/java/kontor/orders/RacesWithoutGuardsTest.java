package kontor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.Torture;
import kontor.audit.Audits;
import kontor.database.TestDatabase;
import kontor.payments.Guard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What keeps the races right is the database: either of its guards is enough, and without both they go wrong. */
class RacesWithoutGuardsTest {
    @Test
    void goWrongAndAreSeenTo(@TempDir Path folder) throws Exception {
        var settings = TestDatabase.another("races_without_guards");
        try (var gateway = new OwnGateway(folder);
                var server = new OwnServer(
                        settings, gateway, folder.resolve("server"), "--kontor.payments.breaker-window=1000000")) {
            server.sell("MUG", 255);
            var owner = JdbcClient.create(TestDatabase.superuserOf("races_without_guards"));
            var races = new Races(server, gateway);
            for (var guard : Guard.values()) {
                guard.takeAway(owner);
                assertThat(races.captureByTwenty()).as("without %s", guard).isEmpty();
                assertThat(races.refundByFifty()).as("without %s", guard).isEmpty();
                guard.putBack(owner);
            }
            for (var guard : Guard.values()) guard.takeAway(owner);
            Guard.dropLimits(owner);
            var captures = races.captureByTwenty();
            var either = races.voidAgainstCapture();
            var refunds = races.refundByFifty();
            Torture.report("races without guards: %s; %s; %s".formatted(captures, either, refunds));
            assertThat(captures).anyMatch(problem -> problem.endsWith("were told that it was done"));
            assertThat(captures).anyMatch(problem -> problem.startsWith("our payments say"));
            assertThat(refunds).anyMatch(problem -> problem.endsWith("were put to the gateway"));
            assertThat(either).anyMatch(problem -> problem.endsWith("were put to the gateway"));
            assertThat(server.bean(Audits.class).report().broken()).isNotEmpty();
        }
    }
}
