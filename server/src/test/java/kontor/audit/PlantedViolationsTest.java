package kontor.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Each invariant notices what it is there for, and nothing else takes notice of it. */
@AuditedShop
class PlantedViolationsTest {
    private static final List<Invariant> INVARIANTS = Invariants.all();

    @Autowired
    private ShopAtWork shop;

    @BeforeEach
    void aDaysWork() throws Exception {
        shop.workADay();
    }

    static List<Plant> plants() throws Exception {
        return Plants.all();
    }

    @Test
    void anUntouchedShopHasNone() throws SQLException {
        try (var connection = TestDatabase.superuserOf(AuditedShop.DATABASE).getConnection()) {
            assertThat(broken(connection)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("plants")
    void isCaughtByTheInvariantMeant(Plant plant) throws Exception {
        try (var connection = TestDatabase.superuserOf(AuditedShop.DATABASE).getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL session_replication_role = replica"); // no trigger stands in the way
            statement.execute(Plants.picks());
            statement.execute(plant.sql());
            assertThat(broken(connection))
                    .containsExactlyElementsOf(new TreeSet<>(
                            plant.withoutGuard()
                                    ? List.of(plant.invariant(), "guards_are_in_place")
                                    : List.of(plant.invariant())));
            connection.rollback();
        }
    }

    /** A code needs a factor beside it, which is told of as well. */
    @Test
    void aRecoveryCodeOfSomebodyErasedIsToldOfByItself() throws Exception {
        var invariant = INVARIANTS.stream()
                .filter(each -> each.id().equals("erased_people_are_gone"))
                .findFirst()
                .orElseThrow();
        var plant = plants().stream()
                .filter(each -> each.what().equals("a recovery code"))
                .findFirst()
                .orElseThrow();
        try (var connection = TestDatabase.superuserOf(AuditedShop.DATABASE).getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL session_replication_role = replica");
            statement.execute(Plants.picks());
            statement.execute(plant.sql());
            assertThat(Audit.check(connection, invariant).rows())
                    .extracting(row -> row.get("what"))
                    .containsExactlyInAnyOrder("recovery_codes", "passkeys");
            connection.rollback();
        }
    }

    @Test
    void everyInvariantHasOne() throws Exception {
        var planted = plants().stream().map(Plant::invariant).collect(Collectors.toSet());
        assertThat(INVARIANTS.stream().map(Invariant::id)).hasSameElementsAs(planted);
    }

    private static SortedSet<String> broken(Connection connection) throws SQLException {
        var broken = new TreeSet<String>();
        for (var invariant : INVARIANTS) if (!Audit.check(connection, invariant).holds()) broken.add(invariant.id());
        return broken;
    }
}
