package kontor.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** PostgreSQL's own load generator in C, so that the reference does not look slow because of Java. */
final class Pgbench {
    private static final Pattern RATE = Pattern.compile("(?m)^tps = ([0-9.]+)");
    private static final List<Path> PLACES = List.of(Path.of("/usr/lib/postgresql"), Path.of("/usr/pgsql"));

    private final Path program;
    private final Postgres postgres;
    private final Shop shop;
    private final Path folder;

    private Pgbench(Path program, Postgres postgres, Shop shop, Path folder) {
        this.program = program;
        this.postgres = postgres;
        this.shop = shop;
        this.folder = folder;
    }

    /** @return empty when it is not installed; the embedded PostgreSQL does not bring it along */
    static Optional<Pgbench> find(Postgres postgres, Shop shop, Path folder) {
        return candidates()
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Pgbench(program, postgres, shop, folder));
    }

    private static Stream<Path> candidates() {
        var onPath = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, "pgbench"));
        return Stream.concat(installed(), onPath);
    }

    /** The one itself rather than a wrapper on the path. */
    private static Stream<Path> installed() {
        var found = new ArrayList<Path>();
        for (var place : PLACES) {
            if (!Files.isDirectory(place)) continue;
            try (var versions = Files.list(place)) {
                versions.sorted().map(version -> version.resolve("bin/pgbench")).forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found.reversed().stream();
    }

    /** Measures on empty tables. */
    Measured run(
            RawOrders.Style style, Basket.Demand demand, int clients, RawOrders raw, Duration warmUp, Duration measured)
            throws Exception {
        var script = folder.resolve("pgbench.sql");
        Files.writeString(script, script(style, demand, raw.firstBuyer(), raw.sample()));
        shop.empty();
        run(script, clients, warmUp, List.of());
        deleteLogs();
        var output = run(
                script,
                clients,
                measured,
                List.of("--log", "--log-prefix=" + folder.resolve("pgbench-log"), "--sampling-rate=0.2"));
        var rate = RATE.matcher(output);
        if (!rate.find()) throw new IllegalStateException("pgbench: " + output);
        var latencies = latencies();
        deleteLogs();
        var seconds = measured.toNanos() / 1e9;
        var sampled = Measured.of("pgbench, " + style.words(), clients, seconds, latencies);
        return new Measured(
                sampled.what(),
                clients,
                Math.round(Double.parseDouble(rate.group(1)) * seconds),
                seconds,
                sampled.p50(),
                sampled.p99(),
                sampled.slowest(),
                sampled.others(),
                sampled.cpu());
    }

    static String script(RawOrders.Style style, Basket.Demand demand, long firstBuyer, RawOrder.Sample sample) {
        var third = Shop.ARTICLES / Basket.LINES;
        var sql = switch (style) {
            case FUNCTION -> RawSql.call(RawSql.Form.PGBENCH);
            case STATEMENT -> RawSql.statement(RawSql.Form.PGBENCH);
            case SEPARATE -> throw new IllegalArgumentException("ten statements are measured over JDBC");
        };
        return """
                \\set a %s
                \\set b random(%d, %d)
                \\set c random(%d, %d)
                \\set buyer random(%d, %d)
                \\set subtotal 300 + :a %% 900 + :b %% 900 + :c %% 900
                \\set total :subtotal + 495
                %s;
                """.formatted(
                        demand == Basket.Demand.HOT ? "1" : "random(1, " + third + ")",
                        third + 1,
                        2 * third,
                        2 * third + 1,
                        Shop.ARTICLES,
                        firstBuyer,
                        firstBuyer + Shop.BUYERS - 1,
                        sql.strip().replace(":address", "'" + sample.address() + "'"));
    }

    private String run(Path script, int clients, Duration time, List<String> more) throws Exception {
        var command = new ArrayList<>(List.of(
                program.toString(),
                "--no-vacuum",
                "--protocol=prepared",
                "--client=" + clients,
                "--jobs=" + Math.min(clients, Runtime.getRuntime().availableProcessors()),
                "--time=" + Math.max(1, time.toSeconds()),
                "--host=127.0.0.1",
                "--port=" + postgres.port(),
                "--username=kontor_app",
                "--file=" + script));
        command.addAll(more);
        command.add("kontor");
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", postgres.appPassword());
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0)
            throw new IllegalStateException("pgbench: " + output);
        return output;
    }

    /** Each line of its logs is about one transaction; the third word is how long it took, in microseconds. */
    private Histogram latencies() throws IOException {
        var latencies = new Histogram(TimeUnit.MINUTES.toNanos(10), 3);
        for (var log : logs())
            for (var line : Files.readAllLines(log))
                latencies.recordValue(1_000 * Long.parseLong(line.split(" ", -1)[2]));
        return latencies;
    }

    private void deleteLogs() throws IOException {
        for (var log : logs()) Files.delete(log);
    }

    private List<Path> logs() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("pgbench-log"))
                    .toList();
        }
    }
}
