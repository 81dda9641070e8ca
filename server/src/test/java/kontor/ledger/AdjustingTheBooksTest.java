package kontor.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@KontorTest
class AdjustingTheBooksTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private Adjustments adjustments;

    @Autowired
    private JdbcClient database;

    private TestUsers.TestUser accountant;
    private Api staff;
    private String note;

    @BeforeEach
    void anAccountant() {
        accountant = users.with("finance:read", "finance:write");
        staff = api.as(accountant);
        note = "note " + UUID.randomUUID();
    }

    @Test
    void postsByHandAndWritesDownWhoAndWhy() {
        var posted = post(adjustment("write_off", side("write_offs", 500), side("suspense", -500)));
        assertThat(posted.status()).as(posted.text()).isEqualTo(201);
        assertThat(posted.header("Location")).isEqualTo("/ledger/transactions/" + posted.at("/id"));
        assertThat(posted.at("/source_type")).isEqualTo("adjustment");
        assertThat(posted.at("/kind")).isEqualTo("write_off");
        assertThat(posted.at("/note")).isEqualTo(note);
        assertThat(posted.at("/actor")).isEqualTo("user:" + accountant.id());
        assertThat(posted.at("/entries/0/account")).isEqualTo("write_offs");
        assertThat(posted.at("/entries/0/amount/amount")).isEqualTo("500");
        assertThat(posted.at("/entries/1/amount/amount")).isEqualTo("-500");
        assertThat(posted.json().at("/order_id").isNull()).isTrue();
        var read = staff.get("/ledger/transactions/" + posted.at("/id")).json();
        assertThat(read.at("/entries")).isEqualTo(posted.json().at("/entries"));
        assertThat(read.at("/note").asString()).isEqualTo(note);
    }

    @Test
    void postsOnceHoweverOftenTheSameRequestComes() {
        var body = adjustment("movement", side("bank", 7), side("suspense", -7));
        assertThat(staff.post("/ledger/adjustments", body).at("/code")).isEqualTo("idempotency_key_required");
        assertThat(posted()).isZero();
        var key = UUID.randomUUID().toString();
        var first = staff.post("/ledger/adjustments", body, "Idempotency-Key", key);
        var again = staff.post("/ledger/adjustments", body, "Idempotency-Key", key);
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        var other = adjustment("movement", side("bank", 8), side("suspense", -8));
        assertThat(staff.post("/ledger/adjustments", other, "Idempotency-Key", key)
                        .at("/code"))
                .isEqualTo("idempotency_key_reused");
        assertThat(posted()).isEqualTo(1);
    }

    @Test
    void refusesWhatDoesNotBalance() {
        assertRefused("entries", "unbalanced", side("bank", 5), side("suspense", -4));
        assertRefused("entries", "unbalanced", side("bank", 5), side("suspense", 5));
        assertRefused("entries", "size", side("bank", 5));
        assertRefused("entries", "size");
    }

    @Test
    void refusesAmountsOfNothingAndThoseThatDoNotFit() {
        assertRefused("entries[1].amount.amount", "zero", side("bank", 5), side("suspense", 0), side("bank", -5));
        var most = NewAdjustment.SignedAmount.MOST;
        assertRefused("entries[0].amount.amount", "max", side("bank", most + 1), side("suspense", -most));
        assertRefused("entries[1].amount.amount", "min", side("bank", most), side("suspense", -most - 1));
        assertRefused(
                "entries[0].amount.amount",
                "out_of_range",
                "{\"account\": \"bank\", \"amount\": {\"amount\": 9223372036854775808, \"currency\": \"GBP\"}}",
                side("suspense", -5));
        assertRefused(
                "entries[0].amount.amount",
                "wrong_type",
                "{\"account\": \"bank\", \"amount\": {\"amount\": 1.5, \"currency\": \"GBP\"}}",
                side("suspense", -5));
        assertRefused(
                "entries[0].amount.amount",
                "not_null",
                "{\"account\": \"bank\", \"amount\": {\"currency\": \"GBP\"}}",
                side("suspense", -5));
    }

    @Test
    void refusesTwoCurrenciesAndAccountsThatAreNotThere() {
        assertRefused(
                "entries[1].amount.currency",
                "other_currency",
                side("bank", 5),
                side("suspense", -5).replace("GBP", "EUR"));
        assertRefused("entries[1].account", "unknown", side("bank", 5), side("pocket", -5));
        assertRefused("entries[1].account", "plain_text", side("bank", 5), side("\\u0000", -5));
        assertRefused("entries[1]", "not_null", side("bank", 5), "null");
    }

    @Test
    void refusesKindsThatOthersPostAndNotesThatSayNothing() {
        var sides = new String[] {side("bank", 5), side("suspense", -5)};
        for (var kind : List.of("invoice", "capture", "refund", "WRITE_OFF", ""))
            assertThat(post(adjustment(kind, sides)).status()).as(kind).isEqualTo(422);
        for (var bad : List.of("", " ", "\\u0000", "x".repeat(1001)))
            assertThat(post(adjustment("movement", sides).replace(note, bad)).status())
                    .as(bad)
                    .isEqualTo(422);
        var card = post(adjustment("movement", sides).replace(note, "card 4242 4242 4242 4242"));
        assertThat(card.at("/code")).isEqualTo("card_data_refused");
        assertThat(posted()).isZero();
    }

    @Test
    void theDatabaseRefusesTheSameWithoutTheServersHelp() {
        assertThatThrownBy(() -> adjustments.post(checked("bank", 5, "suspense", -4), "user:1"))
                .hasMessageContaining("is off by");
        assertThatThrownBy(() -> adjustments.post(checked("bank", 5, "pocket", -5), "user:1"))
                .hasMessageContaining("there is no ledger account pocket");
        assertThatThrownBy(() -> adjustments.post(checked("bank", 0, "suspense", 0), "user:1"))
                .hasMessageContaining("entries_amount_check");
        assertThat(posted()).isZero();
    }

    @Test
    void addsAnAccountOnce() {
        var code = "test_" + UUID.randomUUID().toString().substring(0, 8);
        var body = "{\"code\": \"%s\", \"name\": \"Shrinkage\", \"kind\": \"expense\"}".formatted(code);
        var added = staff.post("/ledger/accounts", body);
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(added.header("Location")).isEqualTo("/ledger/accounts/" + code);
        assertThat(added.at("/system")).isEqualTo("false");
        var again = staff.post("/ledger/accounts", body.replace("Shrinkage", "Other"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/code")).isEqualTo("account_exists");
        var read = staff.get("/ledger/accounts/" + code);
        assertThat(read.at("/name")).isEqualTo("Shrinkage");
        assertThat(read.at("/kind")).isEqualTo("expense");
        assertThat(read.json().at("/balances").size()).isZero();
        assertThat(staff.delete("/ledger/accounts/" + code).status()).isEqualTo(405);
        assertThat(post(adjustment("write_off", side(code, 5), side("suspense", -5)))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aSystemAccountIsNeitherReplacedNorTakenAway() {
        var bank = "{\"code\": \"bank\", \"name\": \"Mine\", \"kind\": \"expense\"}";
        assertThat(staff.post("/ledger/accounts", bank).at("/code")).isEqualTo("account_exists");
        assertThat(staff.delete("/ledger/accounts/bank").status()).isEqualTo(405);
        assertThat(staff.get("/ledger/accounts/bank").at("/name")).isEqualTo("Bank");
    }

    @Test
    void refusesAccountsThatMakeNoSense() {
        var count = accounts();
        for (var code : List.of("", "Bank", "1st", "_x", "x_", "x__y", "x-y", "bänk", "x".repeat(41)))
            assertThat(staff.post(
                                    "/ledger/accounts",
                                    "{\"code\": \"%s\", \"name\": \"x\", \"kind\": \"asset\"}".formatted(code))
                            .status())
                    .as(code)
                    .isEqualTo(422);
        for (var body : List.of(
                "{\"code\": \"xy\", \"name\": \" \", \"kind\": \"asset\"}",
                "{\"code\": \"xy\", \"name\": \"x\", \"kind\": \"pocket\"}",
                "{\"code\": \"xy\", \"name\": \"x\"}",
                "{\"name\": \"x\", \"kind\": \"asset\"}"))
            assertThat(staff.post("/ledger/accounts", body).status()).as(body).isEqualTo(422);
        assertThat(accounts()).isEqualTo(count);
    }

    private int accounts() {
        return staff.get("/ledger/accounts").json().size();
    }

    private void assertRefused(String field, String code, String... sides) {
        var answer = post(adjustment("write_off", sides));
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.at("/errors/0/field")).as(answer.text()).isEqualTo(field);
        assertThat(answer.at("/errors/0/code")).as(answer.text()).isEqualTo(code);
        assertThat(posted()).isZero();
    }

    private Api.Answer post(String adjustment) {
        return staff.post(
                "/ledger/adjustments",
                adjustment,
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    private String adjustment(String kind, String... sides) {
        return "{\"kind\": \"%s\", \"note\": \"%s\", \"entries\": [%s]}"
                .formatted(kind, note, String.join(", ", sides));
    }

    private static String side(String account, long amount) {
        return "{\"account\": \"%s\", \"amount\": {\"amount\": %d, \"currency\": \"GBP\"}}".formatted(account, amount);
    }

    private NewAdjustment checked(String debited, long debit, String credited, long credit) {
        var pounds = java.util.Currency.getInstance("GBP");
        return new NewAdjustment(
                NewAdjustment.Kind.MOVEMENT,
                List.of(
                        new NewAdjustment.Side(debited, new NewAdjustment.SignedAmount(debit, pounds)),
                        new NewAdjustment.Side(credited, new NewAdjustment.SignedAmount(credit, pounds))),
                note);
    }

    /** How many postings there are that carry this test's note, whole or in part. */
    private long posted() {
        return database.sql("SELECT count(*) FROM ledger.adjustments WHERE note = ?")
                .params(note)
                .query(Long.class)
                .single();
    }
}
