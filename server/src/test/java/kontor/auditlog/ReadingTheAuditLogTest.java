package kontor.auditlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@KontorTest
class ReadingTheAuditLogTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private AuditLog log;

    private Api auditor;
    private String actor;

    @BeforeEach
    void fiveActs() {
        auditor = api.as(users.with("audit:read"));
        actor = "test:" + UUID.randomUUID();
        record("things.create", "thing:1");
        record("things.change", "thing:1");
        record("things.change", "thing:2");
        record("thingsandmore.change", "thing:2");
        log.recordRefused(Act.of("things.remove", "thing:2").by(actor));
    }

    private void record(String action, String subject) {
        log.record(Act.of(action, subject)
                .changed(Map.of("size", 1), Map.of("size", 2))
                .by(actor));
    }

    @Test
    void theNewestComesFirst() {
        var found = list("");
        assertThat(actions(found))
                .containsExactly(
                        "things.remove", "thingsandmore.change", "things.change", "things.change", "things.create");
        var act = found.get(1);
        assertThat(act.at("/actor").asString()).isEqualTo(actor);
        assertThat(act.at("/before/size").asInt()).isEqualTo(1);
        assertThat(act.at("/after/size").asInt()).isEqualTo(2);
        assertThat(act.at("/outcome").asString()).isEqualTo("done");
        var one = auditor.get("/audit/log/" + act.at("/id").asLong());
        assertThat(one.at("/subject")).isEqualTo("thing:2");
        assertThat(auditor.get("/audit/log/999999999999").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "&action=things.change, 2",
        "&action=things.*, 4",
        "&action=things*, 5",
        "&action=*, 5",
        "&action=thing, 0",
        "&subject=thing:1, 2",
        "&outcome=refused, 1",
        "&outcome=done, 4",
        "&action=things.change&subject=thing:2&outcome=done, 1",
        "&from=2020-01-01T00:00:00Z&until=2021-01-01T00:00:00Z, 0",
        "&from=2020-01-01T00:00:00Z&until=9999-01-01T00:00:00Z, 5",
        "&until=2020-01-01T00:00:00Z, 0",
    })
    void filtersNarrowItDown(String filter, int expected) {
        assertThat(list(filter)).hasSize(expected);
    }

    @Test
    void aRangeTakesItsBeginningInAndLeavesItsEndOut() {
        var found = list("");
        var from = found.get(3).at("/at").asString();
        var until = found.get(1).at("/at").asString();
        assertThat(ids(list("&from=" + from + "&until=" + until))).isEqualTo(ids(found.subList(2, 4)));
    }

    @Test
    void pagesFollowOneAnotherWhateverIsAddedMeanwhile() {
        var all = list("");
        var read = new ArrayList<JsonNode>();
        var cursor = "";
        do {
            var page = auditor.get("/audit/log?limit=2&actor=" + actor + cursor);
            assertThat(page.status()).isEqualTo(200);
            page.json().path("items").forEach(read::add);
            assertThat(page.json().path("items").size()).isLessThanOrEqualTo(2);
            cursor = page.at("/next_cursor").isEmpty() ? "" : "&cursor=" + page.at("/next_cursor");
            record("things.change", "thing:3");
        } while (!cursor.isEmpty());
        assertThat(ids(read)).isEqualTo(ids(all));
    }

    @Test
    void theExportHasAllOfItInLines() {
        var exported = auditor.get("/audit/log/export?actor=" + actor + "&action=things.*");
        assertThat(exported.status()).as(exported.text()).isEqualTo(200);
        assertThat(exported.header("Content-Type")).startsWith("application/x-ndjson");
        var lines = exported.text().lines().map(JSON::readTree).toList();
        assertThat(ids(lines)).isEqualTo(ids(list("&action=things.*")));
        assertThat(lines.getFirst().propertyNames()).contains("at", "actor", "action", "before", "after", "seal");
    }

    @Test
    void itIsSealedBeforeLong() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> list("").stream().noneMatch(act -> act.path("seal").isNull()));
        var seals = list("").stream().map(act -> act.at("/seal/seq").asLong()).toList();
        assertThat(seals).isSortedAccordingTo((a, b) -> Long.compare(b, a)).doesNotHaveDuplicates();
        assertThat(list("").getFirst().at("/seal/hash").asString()).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest
    @CsvSource({
        "from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z, 422, until, before_from",
        "outcome=perhaps, 422, outcome, unknown",
        "cursor=%21, 422, cursor, invalid",
        "limit=0, 422, limit, out_of_range",
        "from=-200000-01-01T00:00:00Z, 422, from, out_of_range",
    })
    void whatCannotBeAskedIsRefused(String query, int status, String field, String code) {
        for (var path : List.of("/audit/log?", "/audit/log/export?")) {
            if (path.contains("export") && List.of("cursor", "limit").contains(field)) continue;
            var refused = auditor.get(path + query);
            assertThat(refused.status()).as(refused.text()).isEqualTo(status);
            assertThat(refused.at("/errors/0/field")).isEqualTo(field);
            assertThat(refused.at("/errors/0/code")).isEqualTo(code);
        }
    }

    @Test
    void onlyThoseMayWhoHaveThePermission() {
        for (var path : List.of("/audit/log", "/audit/log/1", "/audit/log/export")) {
            assertThat(api.get(path).status()).isEqualTo(401);
            assertThat(api.as(users.customer()).get(path).status()).isEqualTo(403);
        }
    }

    private List<JsonNode> list(String filter) {
        var answer = auditor.get("/audit/log?limit=200&actor=" + actor + filter);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("items").valueStream().toList();
    }

    private static List<String> actions(List<JsonNode> acts) {
        return acts.stream().map(act -> act.at("/action").asString()).toList();
    }

    private static List<Long> ids(List<JsonNode> acts) {
        return acts.stream().map(act -> act.at("/id").asLong()).toList();
    }
}
