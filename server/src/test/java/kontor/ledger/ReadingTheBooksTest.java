package kontor.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.orders.TestShop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@KontorTest
class ReadingTheBooksTest {
    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private TestShop shop;

    @Autowired
    private BookStore store;

    @Autowired
    private Sealing sealing;

    @Autowired
    private JdbcClient database;

    @Autowired
    private TransactionTemplate transactions;

    private TestUsers.TestUser accountant;
    private Api staff;
    private Api buyer;

    @BeforeEach
    void people() {
        accountant = users.with("finance:read", "finance:write");
        staff = api.as(accountant);
        buyer = api.as(users.customer());
    }

    @Test
    void showsWhatEveryAccountComesTo() {
        var before = balance("receivables");
        order(shop.article(255, 10), 2);
        assertThat(balance("receivables")).isEqualTo(before + 510);
        sealing.seal();
        assertThat(balance("receivables")).as("also once it is sealed").isEqualTo(before + 510);
        var account = account("receivables");
        assertThat(account.at("/kind").asString()).isEqualTo("asset");
        assertThat(account.at("/system").asBoolean()).isTrue();
        assertThat(account.at("/balances/0/debits/currency").asString()).isEqualTo("GBP");
        assertThat(account.at("/balances/0/debits/amount").asLong()
                        - account.at("/balances/0/credits/amount").asLong())
                .isEqualTo(account.at("/balances/0/balance/amount").asLong());
    }

    @Test
    void everyAccountThatKontorPostsToIsThereAndItsOwn() {
        for (var account : Account.values())
            assertThat(account(account.code()).at("/system").asBoolean()).isTrue();
    }

    @Test
    void showsTheEntriesOfAnAccountTheNewestFirst() {
        var code = addAccount();
        var first = adjust(code, 100);
        var second = adjust(code, 200);
        var page = staff.get("/ledger/accounts/" + code + "?limit=1");
        assertThat(page.at("/entries/items/0/amount/amount")).isEqualTo("200");
        assertThat(page.at("/entries/items/0/transaction_id")).isEqualTo(second);
        assertThat(page.at("/balances/0/balance/amount")).isEqualTo("300");
        var next = staff.get("/ledger/accounts/" + code + "?limit=1&cursor=" + page.at("/entries/next_cursor"));
        assertThat(next.at("/entries/items/0/transaction_id")).isEqualTo(first);
        assertThat(next.json().at("/entries/next_cursor").isNull()).isTrue();
        var busy = staff.get("/ledger/accounts/revenue?limit=200");
        assertThat(busy.status()).as(busy.text()).isEqualTo(200);
        assertThat(staff.get("/ledger/accounts/nothing").status()).isEqualTo(404);
        for (var cursor : List.of("x", "1.", "zzzzzzzzzzzzzz.1", "1.1.1", "-1.1", "zzzzzzzzzzzzz.zzzzzz"))
            assertThat(staff.get("/ledger/accounts/" + code + "?cursor=" + cursor)
                            .status())
                    .as(cursor)
                    .isEqualTo(422);
    }

    @Test
    void twoEntriesOfOneTransactionAreTwoPages() {
        var code = addAccount();
        var both = adjustment("movement", side(code, 5), side(code, 6), side("suspense", -11));
        assertThat(post(both).status()).isEqualTo(201);
        var page = staff.get("/ledger/accounts/" + code + "?limit=1");
        assertThat(page.at("/entries/items/0/line")).isEqualTo("2");
        var next = staff.get("/ledger/accounts/" + code + "?limit=1&cursor=" + page.at("/entries/next_cursor"));
        assertThat(next.at("/entries/items/0/line")).isEqualTo("1");
    }

    @Test
    void findsTransactions() {
        var order = order(shop.article(255, 10), 2).at("/id");
        var found = staff.get("/ledger/transactions?order_id=" + order);
        assertThat(found.json().at("/items").size()).isEqualTo(1);
        assertThat(found.at("/items/0/kind")).isEqualTo("invoice");
        assertThat(found.at("/items/0/source_type")).isEqualTo("order");
        assertThat(found.json().at("/items/0/entries").size()).isEqualTo(2);
        assertThat(found.at("/items/0/entries/0/account")).isEqualTo("receivables");
        assertThat(found.at("/items/0/entries/0/amount/amount")).isEqualTo("510");
        var one = staff.get("/ledger/transactions/" + found.at("/items/0/id"));
        assertThat(one.at("/order_id")).isEqualTo(order);
        assertThat(staff.get("/ledger/transactions/1099511627776").status()).isEqualTo(404);

        var posted = found.at("/items/0/posted_at");
        var filters = "/ledger/transactions?order_id=" + order;
        assertThat(sizeOf(filters + "&account=receivables&kind=invoice")).isEqualTo(1);
        assertThat(sizeOf(filters + "&account=write_offs")).isZero();
        assertThat(sizeOf(filters + "&kind=capture")).isZero();
        assertThat(sizeOf(filters + "&from=" + posted)).isEqualTo(1);
        assertThat(sizeOf(filters + "&to=" + posted)).isZero();
    }

    @Test
    void pagesThroughTransactions() {
        var code = addAccount();
        for (var amount = 1; amount <= 3; amount++) adjust(code, amount);
        var filters = "/ledger/transactions?limit=2&kind=write_off&account=" + code;
        var page = staff.get(filters);
        assertThat(page.json().at("/items").size()).isEqualTo(2);
        var next = staff.get(filters + "&cursor=" + page.at("/next_cursor"));
        assertThat(next.json().at("/items").size()).isEqualTo(1);
        assertThat(next.at("/items/0/entries/0/amount/amount")).isEqualTo("1");
    }

    @Test
    void refusesFiltersThatMakeNoSense() {
        for (var filter : List.of(
                "account=nothing",
                "account=%00",
                "kind=%00",
                "kind=Invoice",
                "order_id=x",
                "from=yesterday",
                "to=%2B1000000000-12-31T23:59:59Z",
                "limit=0",
                "cursor=-"))
            assertThat(staff.get("/ledger/transactions?" + filter).status())
                    .as(filter)
                    .isEqualTo(422);
        assertThat(staff.get("/ledger/trial-balance?at=-999999999-01-01T00:00:00Z")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void theTrialBalanceIsOfTheMomentAskedFor() {
        var code = addAccount();
        adjust(code, 100);
        var then = database.sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                .query(String.class)
                .single();
        adjust(code, 50);
        assertThat(ofAccount(staff.get("/ledger/trial-balance"), code)).isEqualTo(150);
        assertThat(ofAccount(staff.get("/ledger/trial-balance?at=" + then), code))
                .isEqualTo(100);
        assertThat(ofAccount(staff.get("/ledger/trial-balance?at=2001-01-01T00:00:00Z"), code))
                .isZero();
    }

    @Test
    void everythingBalancesAtEveryMomentWhileOrdersArePlaced() throws Exception {
        var mug = shop.article(255, 1000);
        var work = new ArrayList<Callable<Integer>>();
        for (var thread = 0; thread < 4; thread++)
            work.add(() -> {
                for (var i = 0; i < 15; i++) assertThat(order(mug, 1).status()).isEqualTo(201);
                return 0;
            });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var orders = threads.submit(() -> threads.invokeAll(work));
            do {
                var trial = staff.get("/ledger/trial-balance");
                assertThat(trial.at("/balanced")).as(trial.text()).isEqualTo("true");
                sealing.seal();
                assertSumsAreTheEntries();
            } while (!orders.isDone());
            for (var done : orders.get()) assertThat(done.get()).isZero();
        }
        sealing.seal();
        assertSumsAreTheEntries();
    }

    /** Both at one moment, whatever is posted and sealed meanwhile. */
    private void assertSumsAreTheEntries() {
        var atOnce =
                new TransactionTemplate(Objects.requireNonNull(transactions.getTransactionManager()), transactions);
        atOnce.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        atOnce.executeWithoutResult(_ -> assertThat(store.sums())
                .isNotEmpty()
                .isEqualTo(store.sumsUntil(Instant.parse("9999-01-01T00:00:00Z"))));
    }

    @Test
    void showsTheSealsTheNewestFirst() {
        order(shop.article(255, 10), 1);
        await().until(() -> {
            sealing.seal();
            return staff.get("/ledger/seals?limit=1").json().at("/items").size() == 1;
        });
        order(shop.article(255, 10), 1);
        await().until(() -> {
            sealing.seal();
            return staff.get("/ledger/seals?limit=2").json().at("/items").size() == 2;
        });
        var seals = staff.get("/ledger/seals?limit=2").json();
        assertThat(seals.at("/items/0/seq").asLong())
                .isEqualTo(seals.at("/items/1/seq").asLong() + 1);
        assertThat(seals.at("/items/0/hash").asString()).matches("[0-9a-f]{64}");
        assertThat(seals.at("/items/0/previous_hash")).isEqualTo(seals.at("/items/1/hash"));
        assertThat(seals.at("/items/0/transactions").asInt()).isPositive();
        assertThat(seals.at("/items/0/sealed_at").asString()).endsWith("Z");
    }

    @Test
    void theMetricsTellHowMuchIsNotSealedYet() {
        sealing.seal();
        var metrics = api.onManagementPort().get("/actuator/prometheus").text();
        assertThat(metrics.lines().filter(line -> line.startsWith("kontor_ledger_unsealed")))
                .singleElement()
                .asString()
                .matches("kontor_ledger_unsealed \\d+\\.0");
    }

    @Test
    void isForThoseWhoMay() {
        var reader = api.as(users.with("finance:read"));
        var writer = api.as(users.with("finance:write"));
        for (var path : List.of(
                "/ledger/accounts",
                "/ledger/accounts/bank",
                "/ledger/transactions",
                "/ledger/transactions/1",
                "/ledger/trial-balance",
                "/ledger/seals")) {
            assertThat(api.get(path).status()).as(path).isEqualTo(401);
            assertThat(buyer.get(path).status()).as(path).isEqualTo(403);
            assertThat(writer.get(path).status()).as(path).isEqualTo(403);
            assertThat(reader.get(path).status()).as(path).isIn(200, 404);
        }
        for (var path : List.of("/ledger/accounts", "/ledger/adjustments")) {
            assertThat(api.post(path, "{}").status()).as(path).isEqualTo(401);
            assertThat(buyer.post(path, "{}").status()).as(path).isEqualTo(403);
            assertThat(reader.post(path, "{}").status()).as(path).isEqualTo(403);
        }
    }

    private Api.Answer order(String sku, int quantity) {
        var placed = buyer.post(
                "/orders",
                """
                {"currency": "GBP", "lines": [{"sku": "%s", "quantity": %d}], "payment": {"method": "invoice"}}
                """.formatted(sku, quantity),
                "Idempotency-Key",
                UUID.randomUUID().toString());
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        return placed;
    }

    private String addAccount() {
        var code = "account_" + UUID.randomUUID().toString().substring(0, 8);
        var added = staff.post(
                "/ledger/accounts", "{\"code\": \"%s\", \"name\": \"Test\", \"kind\": \"expense\"}".formatted(code));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        return code;
    }

    private String adjust(String code, long amount) {
        var posted = post(adjustment("write_off", side(code, amount), side("suspense", -amount)));
        assertThat(posted.status()).as(posted.text()).isEqualTo(201);
        return posted.at("/id");
    }

    private Api.Answer post(String adjustment) {
        return staff.post(
                "/ledger/adjustments",
                adjustment,
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    private static String adjustment(String kind, String... sides) {
        return "{\"kind\": \"%s\", \"note\": \"test\", \"entries\": [%s]}".formatted(kind, String.join(", ", sides));
    }

    private static String side(String account, long amount) {
        return "{\"account\": \"%s\", \"amount\": {\"amount\": %d, \"currency\": \"GBP\"}}".formatted(account, amount);
    }

    private JsonNode account(String code) {
        for (var account : staff.get("/ledger/accounts").json())
            if (account.at("/code").asString().equals(code)) return account;
        throw new AssertionError("no account " + code);
    }

    private long balance(String code) {
        for (var balance : account(code).at("/balances"))
            if (balance.at("/balance/currency").asString().equals("GBP"))
                return balance.at("/balance/amount").asLong();
        return 0;
    }

    private long ofAccount(Api.Answer trial, String code) {
        assertThat(trial.at("/balanced")).as(trial.text()).isEqualTo("true");
        for (var currency : trial.json().at("/currencies"))
            for (var account : currency.at("/accounts"))
                if (account.at("/code").asString().equals(code))
                    return account.at("/balance/amount").asLong();
        return 0;
    }

    private int sizeOf(String path) {
        var found = staff.get(path);
        assertThat(found.status()).as(found.text()).isEqualTo(200);
        return found.json().at("/items").size();
    }
}
