package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Locale;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What holds for the security of every answer, whatever was asked. */
@KontorTest
class EveryAnswerTest {
    @Autowired
    Api api;

    @Autowired
    TestUsers users;

    @Test
    void tellsBrowsersToGuessRunFrameAndKeepNothing() {
        var good = api.as(users.customer()).get("/users/me");
        var refused = api.get("/users/me");
        var forged = api.as("forged").get("/users/me");
        var absent = api.get("/nowhere");
        var crooked = api.get("/users//me");
        for (var answer : List.of(good, refused, forged, absent, crooked)) {
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Content-Security-Policy"))
                    .isEqualTo("default-src 'none'; frame-ancestors 'none'");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(answer.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
            assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(answer.headers().firstValue("Server")).isEmpty();
        }
    }

    @Test
    void letsTheDocumentationRunItsOwnScriptsOnly() {
        var page = api.get("/swagger-ui/index.html");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Security-Policy"))
                .startsWith("default-src 'self';")
                .doesNotContain("script-src");
    }

    @Test
    void leavesAnOperationsOwnWordOnCaching() {
        assertThat(api.get("/.well-known/jwks.json").headers().allValues("Cache-Control"))
                .containsExactly("max-age=300, public");
    }

    @Test
    void doesNotBelieveWhoeverSaysToHaveBeenForwarded() {
        var answer = api.get("/products", "X-Forwarded-For", "203.0.113.1", "X-Forwarded-Proto", "https");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
    }

    @Test
    void isClosedToPagesOfOtherOrigins() {
        var origin = "https://elsewhere.example";
        for (var answer : List.of(
                api.send("OPTIONS", "/users", null, "Origin", origin, "Access-Control-Request-Method", "POST"),
                api.get("/.well-known/jwks.json", "Origin", origin)))
            assertThat(answer.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/users;x=1",
                "//users",
                "/orders/%2e%2e/users",
                "/users/..",
                "/users/%2e%2e/users",
                "/users%2fme",
                "/users/%00",
                "/users%5cme",
                "/users/me%0d%0a",
                "/%2e/users"
            })
    void isAProblemForCrookedAddresses(String path) {
        var answer = api.as(users.admin()).get(path);
        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer.text())
                .doesNotContain("@example.org")
                .doesNotContain("Tomcat")
                .doesNotContain("Exception");
    }

    @Test
    void isAProblemDocumentWhenTheFirewallRefuses() {
        var answer = api.get("/users;x=1");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.at("/code")).isEqualTo("bad_request");
        assertThat(answer.at("/request_id")).isEqualTo(answer.header("X-Request-Id"));
    }

    @Test
    void takesNoMethodThatAnOperationDoesNotHave() {
        for (var method : List.of("DELETE", "PATCH", "PROPFIND", "FOO")) {
            var answer = api.send(method, "/users", null);
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).contains("GET").contains("POST");
        }
        assertThat(api.send("TRACE", "/users", null).status()).isEqualTo(405);
        assertThat(api.post("/users/me", null, "X-HTTP-Method-Override", "GET").status())
                .isEqualTo(405);
    }

    @Test
    void onTheManagementPortIsHealthInfoAndMetricsAndNothingElse() {
        var operations = api.onManagementPort();
        for (var open : List.of(
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/actuator/info",
                "/actuator/prometheus"))
            await().untilAsserted(() -> assertThat(operations.get(open).status())
                    .describedAs(open)
                    .isEqualTo(200)); // a disk may hang for a moment
        for (var closed : List.of(
                "/actuator",
                "/actuator/env",
                "/actuator/beans",
                "/actuator/heapdump",
                "/actuator/loggers",
                "/actuator/configprops",
                "/actuator/metrics",
                "/actuator/threaddump",
                "/actuator/shutdown",
                "/users",
                "/users/me",
                "/.well-known/jwks.json"))
            assertThat(operations.get(closed).status()).describedAs(closed).isEqualTo(404);
    }

    @Test
    void onThePublicPortKnowsNoManagement() {
        for (var path : List.of("/actuator", "/actuator/health", "/actuator/prometheus"))
            assertThat(api.as(users.admin()).get(path).status()).isEqualTo(404);
    }
}
