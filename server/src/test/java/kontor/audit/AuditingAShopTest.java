package kontor.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import kontor.Api;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@AuditedShop
class AuditingAShopTest {
    @Autowired
    private ShopAtWork shop;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private DataSource database;

    @Autowired
    private Audits audits;

    @BeforeEach
    void aDaysWork() throws Exception {
        shop.workADay();
    }

    @Test
    void aShopAtWorkRaisesNoFalseAlarm() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = threads.submit(() -> {
                shop.work(60);
                return true;
            });
            var reports = new ArrayList<Report>();
            do reports.add(new Audit().run(database, 2, _ -> {}));
            while (!work.isDone());
            assertThat(reports).allMatch(Report::holds);
            assertThat(work.get()).isTrue();
        }
    }

    @Test
    void everyFindingIsToldAsSoonAsItIsKnownAndReportedInOrder() throws Exception {
        var told = new ArrayList<Finding>();
        var report = new Audit().run(database, 2, told::add);
        assertThat(told).hasSameElementsAs(report.findings());
        assertThat(report.findings().stream().map(Finding::invariant)).isEqualTo(Invariants.all());
    }

    @Test
    void everyInvariantHasAnIdOfItsOwnAndASentence() {
        assertThat(Invariants.all().stream().map(Invariant::id)).doesNotHaveDuplicates();
        assertThat(Invariants.all()).allSatisfy(invariant -> {
            assertThat(invariant.sentence()).endsWith(".").matches("[A-Z].*");
            assertThat(invariant.query()).startsWith("SELECT").endsWith(";");
        });
    }

    @Test
    void staffReadTheReportWithThePermission() {
        var answer = api.as(users.admin()).get("/audit/invariants");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.at("/holds")).isEqualTo("true");
        assertThat(answer.at("/as_of")).matches("\\d{4}-.*Z");
        assertThat(answer.json().at("/items").size()).isEqualTo(Invariants.all().size());
        assertThat(answer.at("/items/0/id")).isEqualTo("ledger_transactions_balance");
        assertThat(answer.at("/items/0/holds")).isEqualTo("true");
        assertThat(answer.at("/items/0/violations")).isEqualTo("0");
        assertThat(answer.at("/items/0/sentence")).startsWith("Every ledger transaction sums to zero");
    }

    @Test
    void nobodyElseDoes() {
        assertThat(api.get("/audit/invariants").status()).isEqualTo(401);
        assertThat(api.as(users.customer()).get("/audit/invariants").status()).isEqualTo(403);
    }

    @Test
    void whoeverAsksMeanwhileSharesTheReport() throws Exception {
        var reports = new ArrayList<Callable<Report>>();
        for (var i = 0; i < 20; i++) reports.add(audits::report);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var made = threads.invokeAll(reports).stream()
                    .map(report -> report.resultNow().asOf())
                    .distinct();
            assertThat(made).hasSize(1);
        }
    }

    @Test
    void theMetricsTellWhatTheNewestReportFound() {
        audits.report();
        var metrics = api.onManagementPort().get("/actuator/prometheus").text();
        assertThat(valuesOf(metrics, "kontor_audit_violations"))
                .hasSize(Invariants.all().size())
                .containsOnly(0.0);
        assertThat(valuesOf(metrics, "kontor_audit_age_seconds"))
                .singleElement()
                .matches(age -> age >= 0);
    }

    private static List<Double> valuesOf(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.matches(name + "[{ ].*"))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
    }
}
