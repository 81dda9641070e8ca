package kontor.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import kontor.Kontor;
import kontor.accounts.Accounts;
import kontor.accounts.LoginResult;
import kontor.accounts.Logins;
import kontor.accounts.RegisterResult;
import kontor.accounts.Registration;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.KnownTokens;
import kontor.accounts.sessions.SessionKind;
import kontor.catalog.Catalog;
import kontor.orders.Address;
import kontor.orders.OrderRequest;
import kontor.orders.Orders;
import kontor.orders.PlaceOrderResult;
import kontor.web.Caller;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole server in this process, asked past HTTP. */
final class InProcess implements AutoCloseable {
    private static final Currency GBP = Currency.getInstance("GBP");
    static final Address ADDRESS =
            new Address("Ann Lee", null, "1 High Street", null, "Leeds", null, "LS1 1AA", "GB", null);

    private static final AtomicInteger PEOPLE = new AtomicInteger();
    private final ConfigurableApplicationContext context;
    private final Orders orders;
    private final KnownTokens known;

    private InProcess(ConfigurableApplicationContext context) {
        this.context = context;
        this.orders = context.getBean(Orders.class);
        this.known = context.getBean(KnownTokens.class);
    }

    /** @param data a folder for the database; a new one is made there when there is none */
    static InProcess start(Path data) {
        return new InProcess(SpringApplication.run(
                Kontor.class,
                "--kontor.data=" + data,
                "--kontor.db.url=", // the embedded one, whatever the environment names
                "--server.port=0",
                "--management.server.port=0",
                "--kontor.orders.open-per-user=0", // what is placed stays unpaid; it is counted all the same
                "--kontor.orders.held-units-per-user=0",
                "--kontor.accounts.token-lifetime=1d", // the tokens issued here are used for the whole run
                "--kontor.admin.password=" + RawOrder.key(new SplittableRandom(System.nanoTime())),
                "--logging.level.root=error"));
    }

    /** Reads the catalogue again, after it was changed past the server. */
    void refresh() {
        context.getBean(Catalog.class).refresh();
    }

    /** An access token for each buyer. */
    List<String> tokens(long firstBuyer) {
        var accounts = context.getBean(Accounts.class);
        var tokens = new ArrayList<String>(Shop.BUYERS);
        for (var buyer = firstBuyer; buyer < firstBuyer + Shop.BUYERS; buyer++) tokens.add(accounts.issueToken(buyer));
        return tokens;
    }

    /** Whether somebody stands behind a token. */
    boolean knows(String token) {
        return known.ofToken(token) != null;
    }

    /** Somebody new with an account. */
    Person person() {
        var email = "person%d@example.org".formatted(PEOPLE.incrementAndGet());
        var password = RawOrder.key(new SplittableRandom(System.nanoTime()));
        var result = context.getBean(Accounts.class).register(new Registration("Somebody", email, password));
        if (!(result instanceof RegisterResult.Registered))
            throw new IllegalStateException("Not registered: " + result);
        return new Person(context.getBean(Logins.class), email, password);
    }

    /** Somebody who logs in again and again, always from the same place. */
    record Person(Logins logins, String email, String password) {
        void logIn() {
            var result = logins.byPassword(email, password, SessionKind.TOKEN, new Client("127.0.0.1", null, null));
            if (!(result instanceof LoginResult.Welcome)) throw new IllegalStateException("Not let in: " + result);
        }

        @Override
        public String toString() {
            return "Person[" + email + "]"; // never the password
        }
    }

    /** Places one order. */
    void place(OrderRequest request, String key, long buyer) {
        var result = orders.place(request, List.of(key), new Caller(buyer, Set.of()));
        if (result instanceof PlaceOrderResult.Placed) return;
        throw new IllegalStateException("An order was not taken: " + result);
    }

    /** Callers that each place one order after the other, as every request does it: on a virtual thread. */
    Measured run(Basket.Demand demand, int callers, long firstBuyer, Duration warmUp, Duration measured) {
        var clients = new ArrayList<ClosedLoop.Client>();
        for (var i = 0; i < callers; i++) {
            var random = new SplittableRandom(i);
            var buyer = firstBuyer + i % Shop.BUYERS;
            clients.add(() -> place(request(Basket.random(demand, random)), RawOrder.key(random), buyer));
        }
        var what = demand == Basket.Demand.HOT ? "in process, one hot article" : "in process";
        return ClosedLoop.run(what, clients, Thread.ofVirtual().factory(), warmUp, measured);
    }

    static OrderRequest request(Basket basket) {
        return new OrderRequest(
                GBP,
                null,
                basket.articles().stream()
                        .map(article -> new OrderRequest.Line(article.sku(), Basket.QUANTITY))
                        .toList(),
                ADDRESS,
                "express",
                new OrderRequest.Payment("invoice", null, null, null, null),
                null);
    }

    @Override
    public void close() {
        context.close();
    }
}
