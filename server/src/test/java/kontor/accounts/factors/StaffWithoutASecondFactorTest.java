package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** A server of its own on which staff have to have a second factor. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "kontor.accounts.argon2-memory=64KB",
            "kontor.accounts.argon2-passes=1",
            "kontor.accounts.argon2-target=0",
            "kontor.accounts.tries.per-network=1000000",
            "kontor.accounts.public-url=https://shop.example",
            "kontor.accounts.second-factor-required-for-staff=true",
        })
@ContextConfiguration(initializers = TestDatabase.Initializer.class)
@DirtiesContext
class StaffWithoutASecondFactorTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private FactorDesk desk;

    private TestUser clerk;

    @BeforeEach
    void login() {
        clerk = users.with("users:read");
        clerk = FactorDesk.with(clerk, desk.login(clerk));
        assertThat(clerk.token()).isNotEmpty();
    }

    @Test
    void getInForNothingButEnrolling() {
        for (var operation : List.of(
                "GET /users",
                "GET /users/" + clerk.id(),
                "GET /sessions",
                "GET /orders",
                "GET /products",
                "POST /orders",
                "DELETE /users/me/factors/totp",
                "POST /users/me/factors/recovery-codes")) {
            var parts = operation.split(" ", 2);
            var refused = api.as(clerk).send(parts[0], parts[1], parts[0].equals("POST") ? "{}" : null);
            assertThat(refused.status()).as(operation).isEqualTo(403);
            assertThat(refused.at("/code")).as(operation).isEqualTo("second_factor_enrolment_required");
        }
        for (var open : List.of("/users/me", "/sessions/current", "/users/me/factors"))
            assertThat(api.as(clerk).get(open).status()).as(open).isEqualTo(200);
        assertThat(api.as(clerk).post("/users/me/passkeys/options", null).status())
                .isEqualTo(200);
        assertThat(api.as(clerk).post("/logout", null).status()).isEqualTo(204);
    }

    @Test
    void mayDoWhatTheyMayAsSoonAsTheyHaveOne() {
        desk.enrol(clerk);
        assertThat(api.as(clerk).get("/users").status()).isEqualTo(200);
    }

    @Test
    void anAdministratorIsNoException() {
        var boss = users.admin();
        assertThat(api.as(boss).get("/users").at("/code")).isEqualTo("second_factor_enrolment_required");
        var app = desk.enrol(boss);
        assertThat(api.as(boss).get("/users").status()).isEqualTo(200);
        assertThat(api.as(desk.signedIn(app)).get("/users").status()).isEqualTo(200);
    }

    @Test
    void whoRemovesTheLastOneIsBackAtEnrolling() {
        desk.enrol(clerk);
        assertThat(api.as(clerk).delete("/users/me/factors/totp").status()).isEqualTo(204);
        assertThat(api.as(clerk).get("/users").at("/code")).isEqualTo("second_factor_enrolment_required");
    }

    @Test
    void theirApiKeysDoNoMoreThanTheyDo() {
        var reader = users.with("users:read", "orders:read");
        desk.enrol(reader);
        var made = api.as(reader)
                .post("/api-keys", Map.of("name", "A program", "scopes", List.of("users:read", "orders:read")));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var program = api.as(made.at("/key"));
        assertThat(program.get("/users").status()).isEqualTo(200);
        assertThat(api.as(reader).delete("/users/me/factors/totp").status()).isEqualTo(204);
        for (var closed : List.of("/users", "/users/" + reader.id(), "/orders", "/products")) {
            var refused = program.get(closed);
            assertThat(refused.status()).as(closed).isEqualTo(403);
            assertThat(refused.at("/code")).as(closed).isEqualTo("second_factor_enrolment_required");
        }
        assertThat(program.post("/users/me/factors/totp", null).status())
                .as("nobody enrols by a key")
                .isEqualTo(403);
        desk.enrol(reader);
        assertThat(program.get("/users").status()).isEqualTo(200);
    }

    @Test
    void customersNeedNone() {
        var ann = users.customer();
        assertThat(api.as(ann).get("/orders").status()).isEqualTo(200);
        assertThat(api.as(FactorDesk.with(ann, desk.login(ann)))
                        .get("/sessions")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void guestsAreLetInWhereTheyWere() {
        assertThat(api.get("/products").status()).isEqualTo(200);
        assertThat(api.post("/login", Map.of("email", clerk.email(), "password", TestUsers.PASSWORD))
                        .status())
                .isEqualTo(200);
    }
}
