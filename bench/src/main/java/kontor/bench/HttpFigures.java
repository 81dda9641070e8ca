package kontor.bench;

import static kontor.bench.UnderLoad.FEW;
import static kontor.bench.UnderLoad.PART;
import static kontor.bench.UnderLoad.WARM_AGAIN;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.DoubleAccumulator;
import kontor.bench.Basket.Demand;
import kontor.bench.RawOrders.Style;

/** B3, B4, B7, B8, B13, B15 and B16: a server as in production, asked over HTTP. */
final class HttpFigures {
    private static final int MANY = 256;
    private static final int READERS = 32;
    private static final String PRODUCTS = "/products?limit=20";
    private static final Duration AFTER_A_START = Duration.ofSeconds(10);

    private final UnderLoad asked;
    private final Options options;
    private final Progress progress;
    private final Results results;
    private final Shop shop;
    private final Server server;
    private final Load load;
    private final RawOrders raw;

    HttpFigures(UnderLoad asked, RawOrders raw) {
        this.asked = asked;
        this.options = asked.options();
        this.progress = asked.progress();
        this.results = asked.results();
        this.shop = asked.shop();
        this.server = asked.server();
        this.load = asked.load();
        this.raw = raw;
    }

    /** The figures that B3 is the measure of cannot be told without it; what B10 measures is warmed up here. */
    static boolean areWanted(Options options) {
        return options.wants(Goal.B3, Goal.B4, Goal.B5, Goal.B7, Goal.B8, Goal.B10, Goal.B13, Goal.B15, Goal.B16);
    }

    /** @param profile of the warm server under load */
    void measure(Profile profile) throws Exception {
        progress.heading(PART);
        if (options.wants(Goal.B15)) firstSeconds();
        warmUp();
        profile.begin(server.pid());
        for (var slice = 1; slice <= options.slices(); slice++) {
            if (options.wants(Goal.B3, Goal.B5, Goal.B15, Goal.B16)) asked.fewConnections();
            if (options.wants(Goal.B4, Goal.B13)) manyConnections();
        }
        profile.end("server");
        for (var slice = 1; slice <= options.slices() && options.wants(Goal.B16); slice++) {
            soldOut();
            asked.fewConnections(Goal.B16); // warming up again, the lanes forget the shortage
        }
        if (options.wants(Goal.B8)) products();
        if (options.wants(Goal.B7)) oneBuyer();
    }

    private void firstSeconds() throws Exception {
        shop.empty();
        asked.keep(
                Goal.B15,
                load.orders(
                        "first 10 s after a start, 64 connections", FEW, Demand.UNIFORM, Duration.ZERO, AFTER_A_START));
    }

    private void warmUp() throws Exception {
        shop.empty();
        load.orders("warming up, 64 connections", FEW, Demand.UNIFORM, options.warmUp(), Duration.ofSeconds(2));
    }

    private void manyConnections() throws Exception {
        shop.empty();
        var most = new DoubleAccumulator(Math::max, 0);
        var watching = Thread.ofVirtual().start(() -> watchHeap(most));
        asked.keep(Goal.B4, load.orders("256 connections", MANY, Demand.UNIFORM, WARM_AGAIN, options.measured()));
        watching.interrupt();
        watching.join();
        results.largest(Goal.B13, most.get());
        progress.note("heap at most %s MiB, resident %s MiB"
                .formatted(Figures.plain(most.get()), Figures.plain(server.residentMebibytes())));
    }

    private void watchHeap(DoubleAccumulator most) {
        try {
            while (true) {
                most.accumulate(server.heapMebibytes());
                Thread.sleep(1_000);
            }
        } catch (InterruptedException | IOException e) {
            // the measurement is over, or the server is
        }
    }

    private void soldOut() throws Exception {
        shop.empty();
        asked.keep(
                Goal.B16,
                load.orders("sold out, 256 connections", MANY, Demand.SOLD_OUT, WARM_AGAIN, options.measured()));
    }

    private void products() throws Exception {
        var warmUp = options.warmUp().dividedBy(2);
        asked.keep(
                Goal.B8, load.pages("20 products, 32 connections", PRODUCTS, "", READERS, warmUp, options.measured()));
        var etag = server.etag(PRODUCTS, asked.tokens().getFirst());
        asked.keep(
                Goal.B8_304,
                load.pages("the same, not modified", PRODUCTS, etag, READERS, WARM_AGAIN, options.measured()));
    }

    private void oneBuyer() throws Exception {
        shop.empty();
        var kontor = load.orders("one buyer alone", 1, Demand.UNIFORM, WARM_AGAIN, options.measured());
        results.add(PART, kontor);
        var commit = Math.min(commit(Style.FUNCTION), commit(Style.STATEMENT));
        results.set(Goal.B7, kontor.p50Millis() - commit);
    }

    /** p50 of a client alone that writes the same rows itself, in milliseconds. */
    private double commit(Style style) throws SQLException {
        progress.measuring("raw, %s, one client".formatted(style.words()));
        var measured = raw.run(style, Demand.UNIFORM, 1, WARM_AGAIN, options.measured());
        progress.measured(measured);
        results.add(PART, measured);
        return measured.p50Millis();
    }
}
