package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What holds for the security of every operation, walked over the API's own description. */
@KontorTest
class EveryOperationTest {
    private static final List<String> FORMS =
            List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x");

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private JdbcClient database;

    private JsonNode document;
    private Api admin;

    @BeforeEach
    void read() {
        document = api.get("/openapi.json").json();
        admin = api.as(users.admin());
    }

    private interface Look {
        void at(String method, String path, JsonNode operation);
    }

    private void each(Look look) {
        for (var path : document.get("paths").properties())
            for (var operation : path.getValue().properties())
                look.at(operation.getKey(), path.getKey(), operation.getValue());
    }

    /** With ids of nothing that there is. */
    private static String address(String path) {
        return path.replaceAll("\\{[^}]*}", "999999999");
    }

    @Test
    void takesNoBodyThatAFormOfAnotherPageCanSend() {
        var taken = new ArrayList<String>();
        var tried = new ArrayList<String>();
        each((method, path, operation) -> {
            var content = operation.path("requestBody").path("content");
            if (content.isMissingNode()) return;
            for (var form : FORMS) {
                if (content.propertyNames().contains(form)) continue;
                var answer = admin.send(
                        method.toUpperCase(java.util.Locale.ROOT),
                        address(path),
                        "{}",
                        "Content-Type",
                        form,
                        "Idempotency-Key",
                        "a-form");
                tried.add(path);
                if (answer.status() != 415 && answer.status() != 404)
                    taken.add("%s %s as %s: %d".formatted(method, path, form, answer.status()));
            }
        });
        assertThat(tried).isNotEmpty();
        assertThat(taken).isEmpty();
    }

    @Test
    void changesNothingWhenItIsRead() {
        var before = contents();
        each((method, path, _) -> {
            if (!method.equals("get")) return;
            var answer = admin.get(address(path).replace("999999999", "1"));
            assertThat(answer.status()).as(path).isNotEqualTo(500);
            assertThat(answer.headers().allValues("Set-Cookie"))
                    .as(path)
                    .allMatch(cookie -> cookie.startsWith("__Host-form=")); // what a form of ours is known by
        });
        assertThat(contents()).isEqualTo(before);
    }

    /** Of tables that no job of the server's own writes to. */
    private Map<String, String> contents() {
        var tables = database.sql("""
                        SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                        WHERE schemaname IN ('accounts', 'catalog')
                          AND tablename NOT IN ('sessions', 'api_keys', 'mail_requests', 'tries') -- these are written to
                        ORDER BY 1
                        """).query(String.class).list();
        var contents = new TreeMap<String, String>();
        for (var table : tables)
            contents.put(
                    table,
                    database.sql(
                                    "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM %s t"
                                            .formatted(table))
                            .query(String.class)
                            .single());
        assertThat(contents).hasSizeGreaterThan(5);
        return contents;
    }

    @Test
    void sortsByNothingThatACallerNames() {
        each((method, path, operation) -> operation
                .path("parameters")
                .forEach(parameter -> assertThat(parameter.path("name").asString(""))
                        .as("%s %s", method, path)
                        .isNotIn("sort", "sort_by", "order", "order_by", "fields", "include")));
        var plain = admin.get("/users?limit=1");
        var sorted = admin.get("/users?limit=1&sort=password_hash&order=id%3Bdrop");
        assertThat(sorted.status()).isIn(200, 422);
        assertThat(sorted.text()).doesNotContain("argon2");
        assertThat(plain.status()).isEqualTo(200);
    }
}
