package kontor.accounts.factors;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.sessions.TokenMemory;
import kontor.database.TestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Enrols factors and logs in with them over HTTP. */
@Component
class FactorDesk {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private final Api api;
    private final TokenMemory memory;
    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    FactorDesk(Api api, TokenMemory memory) {
        this.api = api;
        this.memory = memory;
    }

    /** @param recoveryCodes that came with it */
    record App(TestUser user, byte[] secret, List<String> recoveryCodes) {
        /** What it shows so many steps from now. */
        String code(long steps) {
            return Totp.code(secret, Totp.stepAt(Instant.now()) + steps);
        }
    }

    /** Enrols an authenticator app, and forgets that its code was used. */
    App enrol(TestUser user) {
        var begun = api.as(user).post("/users/me/factors/totp", null);
        assertThat(begun.status()).as(begun.text()).isEqualTo(200);
        var secret = bytes(begun.at("/secret"));
        var code = Totp.code(secret, Totp.stepAt(Instant.now()));
        var confirmed = api.as(user).post("/users/me/factors/totp/confirm", Map.of("code", code));
        assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
        forgetUse(user);
        return new App(user, secret, codes(confirmed));
    }

    static List<String> codes(Api.Answer answer) {
        return answer.json()
                .at("/recovery_codes")
                .valueStream()
                .map(code -> code.asString())
                .toList();
    }

    /** As if no code had been used for a long time. */
    void forgetUse(TestUser user) {
        owner.sql("UPDATE accounts.totp SET last_step = 1 WHERE user_id = ?")
                .param(user.id())
                .update();
    }

    /** Has the server look at a user again whom a test has changed in the database. */
    void lookAgainAt(TestUser user) {
        memory.forget(user.id());
    }

    /** As if the user had not shown who they are since so many minutes. */
    void age(TestUser user, int minutes) {
        owner.sql("UPDATE accounts.sessions SET authenticated_at = now() - make_interval(mins => ?) WHERE user_id = ?")
                .params(minutes, user.id())
                .update();
        memory.forget(user.id());
    }

    /** As if nobody had tried anything for this user. */
    void forgetTries() {
        owner.sql("DELETE FROM accounts.tries WHERE key NOT LIKE 'network:%'").update();
    }

    Api.Answer login(TestUser user) {
        return api.post("/login", Map.of("email", user.email(), "password", TestUsers.PASSWORD));
    }

    /** Of a login that asks for a second factor. */
    String ticket(TestUser user) {
        var answer = login(user);
        assertThat(answer.at("/code")).isEqualTo("second_factor_required");
        return answer.at("/ticket");
    }

    Api.Answer secondFactor(String ticket, String code) {
        return api.post("/login/second-factor", Map.of("ticket", ticket, "code", code));
    }

    /** The cookie of a known device that a login has set, as it is sent. */
    static String device(Api.Answer login) {
        return login.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("__Host-device="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    /** A session that has shown the user's second factor. */
    TestUser signedIn(App app) {
        forgetUse(app.user());
        var answer = secondFactor(ticket(app.user()), app.code(0));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return with(app.user(), answer);
    }

    static TestUser with(TestUser user, Api.Answer login) {
        return new TestUser(user.id(), user.name(), user.email(), login.at("/access_token"));
    }

    int sessions(TestUser user) {
        return owner.sql("SELECT count(*) FROM accounts.sessions WHERE user_id = ? AND ended_at IS NULL")
                .param(user.id())
                .query(Integer.class)
                .single();
    }

    /** What the newest session was opened with. */
    List<String> methods(TestUser user) {
        return owner.sql("""
                        SELECT unnest(methods) FROM accounts.sessions
                        WHERE id = (SELECT id FROM accounts.sessions WHERE user_id = ? ORDER BY created_at DESC LIMIT 1)
                        """).param(user.id()).query(String.class).list();
    }

    /** The changes of a user's factors and the refused tries in the audit log, oldest first. */
    List<String> acts(TestUser user) {
        return owner.sql("SELECT action || ' ' || outcome FROM auditlog.acts WHERE subject = ?"
                        + " AND (action LIKE 'factors.%' OR outcome = 'refused') ORDER BY id")
                .param("user:" + user.id())
                .query(String.class)
                .list();
    }

    int count(String table, TestUser user) {
        return owner.sql("SELECT count(*) FROM accounts." + table + " WHERE user_id = ?")
                .param(user.id())
                .query(Integer.class)
                .single();
    }

    JdbcClient owner() {
        return owner;
    }

    static byte[] bytes(String base32) {
        var bytes = new byte[base32.length() * 5 / 8];
        var bits = new HashMap<Integer, Boolean>();
        for (var i = 0; i < base32.length() * 5; i++)
            bits.put(i, (ALPHABET.indexOf(base32.charAt(i / 5)) >> (4 - i % 5) & 1) == 1);
        for (var i = 0; i < bytes.length * 8; i++)
            if (bits.getOrDefault(i, false)) bytes[i / 8] |= (byte) (0x80 >> (i % 8));
        return bytes;
    }
}
