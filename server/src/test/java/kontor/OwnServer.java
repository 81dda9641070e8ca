package kontor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A server that one test starts and stops within this process, beside the one that all tests share. */
public final class OwnServer implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final String token;

    /**
     * @param database as {@code TestDatabase.another} gives it
     * @param folder of its data
     * @param options as on the command line
     */
    public OwnServer(Map<String, String> database, OwnGateway gateway, Path folder, String... options) {
        var all = Stream.of(
                database.entrySet().stream().map(each -> "--" + each.getKey() + "=" + each.getValue()),
                Stream.of(
                        "--management.server.port=0",
                        "--kontor.data=" + folder,
                        "--kontor.accounts.argon2-memory=64KB",
                        "--kontor.accounts.argon2-passes=1",
                        "--kontor.web.requests-per-second=0",
                        "--kontor.orders.return-origins=https://shop.example",
                        "--kontor.payments.recovery-interval=200ms"),
                gateway.options().stream(),
                Stream.of(options));
        context = new SpringApplicationBuilder(Kontor.class)
                // One buyer does it all, unless the options have it otherwise.
                .properties("kontor.orders.open-per-user=0", "kontor.orders.held-units-per-user=0")
                .run(all.flatMap(each -> each).toArray(String[]::new));
        token = context.getBean(TestUsers.class).admin().token();
    }

    /** A client of an administrator of its own. */
    public Api staff() {
        return as(token);
    }

    /** @param someone's token, which every server on the same database accepts */
    public Api as(String someone) {
        return context.getBean(Api.class).as(someone);
    }

    public String token() {
        return token;
    }

    public JdbcClient database() {
        return context.getBean(JdbcClient.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** @return the status of its readiness */
    public int readiness() {
        return staff().onManagementPort().get("/actuator/health/readiness").status();
    }

    /** @param price in pence */
    public void sell(String sku, long price) {
        var variant =
                Map.of("sku", sku, "prices", List.of(Map.of("amount", price, "currency", "GBP")), "on_hand", 1_000_000);
        var made = staff().post(
                        "/products",
                        Map.of("name", sku, "variants", List.of(variant)),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        if (made.status() != 201) throw new AssertionError(made.text());
    }

    @Override
    public void close() {
        context.close();
    }
}
