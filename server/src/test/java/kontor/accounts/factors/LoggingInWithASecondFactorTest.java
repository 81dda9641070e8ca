package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KontorTest
class LoggingInWithASecondFactorTest {
    private static final int RACERS = 50;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private FactorDesk desk;

    @Autowired
    private Factors factors;

    @Autowired
    private OneTimeTokens tokens;

    private TestUser ann;
    private FactorDesk.App app;

    @BeforeEach
    void openAccount() {
        ann = users.customer();
        app = desk.enrol(ann);
    }

    @Test
    void thePasswordAloneGivesATicketAndNoSession() {
        var answer = desk.login(ann);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("second_factor_required");
        assertThat(answer.at("/ticket")).matches("[A-Za-z0-9_-]{43}");
        assertThat(answer.at("/expires_in")).isEqualTo("600");
        assertThat(answer.json().at("/factors").toString()).isEqualTo("[\"totp\",\"recovery_code\"]");
        assertThat(answer.json().has("access_token")).isFalse();
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(desk.sessions(ann)).isEqualTo(1); // that which enrolled it
        assertThat(api.as(answer.at("/ticket")).get("/users/me").status()).isEqualTo(401);
    }

    @Test
    void aWrongPasswordIsToldAsAlways() {
        var answer = api.post("/login", Map.of("email", ann.email(), "password", "not the password"));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/code")).isEqualTo("invalid_credentials");
        assertThat(answer.json().has("ticket")).isFalse();
    }

    @Test
    void ticketAndCodeOpenASessionThatSaysHow() {
        var answer = desk.secondFactor(desk.ticket(ann), app.code(0));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(api.as(answer.at("/access_token")).get("/users/me").at("/email"))
                .isEqualTo(ann.email());
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("pwd", "otp", "mfa");
    }

    @Test
    void aBrowserGetsItsCookieInTheEnd() {
        var login =
                api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "session", "cookie"));
        assertThat(login.headers().allValues("Set-Cookie")).isEmpty();
        var answer = desk.secondFactor(login.at("/ticket"), app.code(0));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().has("access_token")).isFalse();
        assertThat(answer.at("/csrf_token")).isNotEmpty();
        assertThat(answer.headers().allValues("Set-Cookie"))
                .anyMatch(cookie -> cookie.startsWith("__Host-session="))
                .anyMatch(cookie -> cookie.startsWith("__Host-device="));
    }

    @Test
    void aRecoveryCodeStandsInOnce() {
        var code = app.recoveryCodes().getFirst();
        var shouted = code.toUpperCase(java.util.Locale.ROOT).replace('-', ' ');
        assertThat(desk.secondFactor(desk.ticket(ann), shouted).status()).isEqualTo(200);
        assertThat(desk.methods(ann)).containsExactlyInAnyOrder("pwd", "recovery", "mfa");
        assertThat(desk.count("recovery_codes", ann)).isEqualTo(9);
        var again = desk.secondFactor(desk.ticket(ann), code);
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.at("/code")).isEqualTo("invalid_second_factor");
        assertThat(desk.count("recovery_codes", ann)).isEqualTo(9);
    }

    @Test
    void aCodeIsGoodOnceAndThoseBeforeItNoMore() {
        var code = app.code(0);
        assertThat(desk.secondFactor(desk.ticket(ann), code).status()).isEqualTo(200);
        var sessions = desk.sessions(ann);
        var ticket = desk.ticket(ann);
        var reused = desk.secondFactor(ticket, code);
        assertThat(reused.status()).isEqualTo(401);
        assertThat(reused.at("/code")).isEqualTo("invalid_second_factor");
        assertThat(desk.secondFactor(ticket, app.code(-1)).status()).isEqualTo(401);
        assertThat(desk.sessions(ann)).isEqualTo(sessions);
    }

    @Test
    void codesOfTwoStepsBeforeAndLaterAreRefused() {
        var ticket = desk.ticket(ann);
        // Three, so that the answer is the same when a step begins meanwhile; TotpTest knows the bounds.
        for (var code : List.of(app.code(-2), app.code(3)))
            assertThat(desk.secondFactor(ticket, code).at("/code")).isEqualTo("invalid_second_factor");
    }

    @Test
    void aWrongCodeLeavesTheTicketAndTheRightOneUsesItUp() {
        var ticket = desk.ticket(ann);
        assertThat(desk.secondFactor(ticket, "000000").status()).isEqualTo(401);
        assertThat(desk.secondFactor(ticket, app.recoveryCodes().get(0)).status())
                .isEqualTo(200);
        var again = desk.secondFactor(ticket, app.recoveryCodes().get(1));
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.at("/code")).isEqualTo("invalid_ticket");
        assertThat(desk.count("recovery_codes", ann)).isEqualTo(9);
        assertThat(desk.acts(ann)).contains("login.second_factor refused");
    }

    @Test
    void aTicketIsNoOtherTokenAndNoOtherTokenATicket() {
        var reset = tokens.issue("reset_password", new Meaning(ann.id(), null), Duration.ofMinutes(1));
        for (var forged : List.of(reset, ann.token().substring(0, 40), "", "x".repeat(43)))
            assertThat(desk.secondFactor(forged, app.code(0)).at("/code")).isEqualTo("invalid_ticket");
        var old = desk.ticket(ann);
        desk.owner().sql("""
                        UPDATE accounts.one_time_tokens
                        SET created_at = now() - interval '11 minutes', expires_at = now() - interval '1 minute'
                        WHERE user_id = ? AND purpose = 'login_ticket'
                        """).param(ann.id()).update();
        assertThat(desk.secondFactor(old, app.code(0)).at("/code")).isEqualTo("invalid_ticket");
        assertThat(desk.sessions(ann)).isEqualTo(1);
    }

    @Test
    void aCodeOfSomebodyElseOpensNothing() {
        var eve = desk.enrol(users.customer());
        var ticket = desk.ticket(ann);
        assertThat(desk.secondFactor(ticket, eve.code(0)).status()).isEqualTo(401);
        assertThat(desk.secondFactor(ticket, eve.recoveryCodes().getFirst()).status())
                .isEqualTo(401);
        assertThat(desk.count("recovery_codes", eve.user())).isEqualTo(10);
    }

    @Test
    void loggingOutEverywhereEndsALoginBetweenItsSteps() {
        var ticket = desk.ticket(ann);
        api.as(ann).post("/logout/everywhere", null);
        assertThat(desk.secondFactor(ticket, app.code(0)).at("/code")).isEqualTo("invalid_ticket");
        assertThat(desk.sessions(ann)).isZero();
    }

    @Test
    void whoIsKeptOutMeanwhileStaysOut() {
        var ticket = desk.ticket(ann);
        desk.owner()
                .sql("UPDATE accounts.users SET disabled_at = now() WHERE id = ?")
                .param(ann.id())
                .update();
        assertThat(desk.secondFactor(ticket, app.code(0)).status()).isEqualTo(401);
        assertThat(desk.sessions(ann)).isEqualTo(1);
    }

    @Test
    void strangersWhoGuessKeepTheOwnerOutOfNoBrowserThatIsKnown() {
        var login =
                api.post("/login", Map.of("email", ann.email(), "password", TestUsers.PASSWORD, "session", "cookie"));
        var device = FactorDesk.device(desk.secondFactor(login.at("/ticket"), app.code(0)));
        desk.forgetUse(ann);
        var strangers = desk.ticket(ann);
        for (var i = 0; i < 5; i++)
            assertThat(desk.secondFactor(strangers, "000000").status()).isEqualTo(401);
        var owners = Map.of("ticket", desk.ticket(ann), "code", app.code(0));
        assertThat(api.post("/login/second-factor", owners).status()).isEqualTo(429);
        assertThat(api.post("/login/second-factor", owners, "Cookie", device).status())
                .isEqualTo(200);
        assertThat(desk.secondFactor(strangers, "000000").status())
                .as("that has freed nobody else")
                .isEqualTo(429);
    }

    @Test
    void aThousandGuessesAreLookedAtTenTimesAtMost() throws Exception {
        var ticket = desk.ticket(ann);
        var answers = raceFor(1000, () -> desk.secondFactor(ticket, "000000"));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(401, 429));
        assertThat(answers.stream().filter(answer -> answer.status() == 401).count())
                .isBetween(1L, 10L);
        assertThat(desk.secondFactor(ticket, app.code(0)).status()).isEqualTo(429);
        assertThat(desk.sessions(ann)).isEqualTo(1);
        assertThat(desk.secondFactor(desk.ticket(ann), app.code(0)).status())
                .as("with another ticket")
                .isEqualTo(429);
    }

    @Test
    void oneTicketWithOneCodeFiftyTimesAtOnceOpensOneSession() throws Exception {
        for (var round = 0; round < 5; round++) {
            desk.forgetUse(ann);
            var sessions = desk.sessions(ann);
            var ticket = desk.ticket(ann);
            var code = app.code(0);
            var answers = raceFor(RACERS, () -> desk.secondFactor(ticket, code));
            assertThat(answers.stream().filter(answer -> answer.status() == 200))
                    .hasSize(1);
            assertThat(desk.sessions(ann)).isEqualTo(sessions + 1);
            desk.forgetTries();
        }
    }

    @Test
    void oneTicketWithManyGoodCodesOpensOneSessionAndUsesOneCode() throws Exception {
        var ticket = desk.ticket(ann);
        var turn = new java.util.concurrent.atomic.AtomicInteger();
        var answers =
                raceFor(10, () -> desk.secondFactor(ticket, app.recoveryCodes().get(turn.getAndIncrement())));
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(desk.count("recovery_codes", ann)).isEqualTo(9);
        assertThat(desk.sessions(ann)).isEqualTo(2);
    }

    /** Past the throttle, which lets few through at once. */
    @Test
    void aCodeThatManyBringHasOneWinner() throws Exception {
        for (var code : app.recoveryCodes()) {
            desk.forgetUse(ann);
            var appCode = app.code(0);
            assertThat(raceFor(RACERS, () -> factors.useCode(ann.id(), appCode)).stream()
                            .filter(methods -> !methods.isEmpty()))
                    .hasSize(1);
            assertThat(raceFor(RACERS, () -> factors.useCode(ann.id(), code)).stream()
                            .filter(methods -> !methods.isEmpty()))
                    .hasSize(1);
        }
        assertThat(desk.count("recovery_codes", ann)).isZero();
    }

    @Test
    void refusesWhatIsNoSecondFactor() {
        var ticket = desk.ticket(ann);
        assertThat(api.post("/login/second-factor", "{}").status()).isEqualTo(422);
        assertThat(api.post("/login/second-factor", Map.of("ticket", ticket)).status())
                .isEqualTo(422);
        assertThat(api.post("/login/second-factor", Map.of("ticket", ticket, "code", app.code(0), "session", "x"))
                        .status())
                .isEqualTo(422);
        assertThat(new HashSet<>(List.of(
                        desk.secondFactor(ticket, "' OR 1=1 --").status(),
                        desk.secondFactor(ticket, "").status(),
                        desk.secondFactor(ticket, "٠٠٠٠٠٠").status())))
                .containsExactly(401);
    }

    private static <T> List<T> raceFor(int racers, Callable<T> racer) throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return new ArrayList<>(threads.invokeAll(Collections.nCopies(racers, racer)).stream()
                    .map(Future::resultNow)
                    .toList());
        }
    }
}
