package kontor.bench;

import java.util.ArrayList;
import java.util.List;
import kontor.bench.Basket.Demand;
import kontor.bench.RawOrders.Style;

/** One way to write an order past Kontor. */
record Variant(Driver driver, Style style, Demand demand, int clients) {
    /** How many clients were ever best: fewer leave the machine idle, more fight. */
    private static final List<Integer> CLIENTS = List.of(8, 32);

    /** Who sends the statements. */
    enum Driver {
        JDBC(""),
        PGBENCH(" through pgbench");

        private final String words;

        Driver(String words) {
            this.words = words;
        }
    }

    /**
     * Those of which the best is the reference.
     *
     * @param pgbench whether it is there
     */
    static List<Variant> compared(boolean pgbench) {
        var variants = new ArrayList<Variant>();
        for (var style : Style.values())
            for (var clients : CLIENTS) variants.add(new Variant(Driver.JDBC, style, Demand.UNIFORM, clients));
        if (pgbench)
            for (var style : List.of(Style.FUNCTION, Style.STATEMENT))
                for (var clients : CLIENTS) variants.add(new Variant(Driver.PGBENCH, style, Demand.UNIFORM, clients));
        return variants;
    }

    /** Those that say what one client and one hot article do to it, measured once. */
    static List<Variant> beside() {
        var variants = new ArrayList<Variant>();
        for (var style : Style.values()) variants.add(new Variant(Driver.JDBC, style, Demand.UNIFORM, 1));
        for (var style : Style.values())
            for (var clients : CLIENTS) variants.add(new Variant(Driver.JDBC, style, Demand.HOT, clients));
        return variants;
    }

    /** {@code one statement through pgbench, 8 clients}. */
    String words() {
        return "%s%s%s, %d %s"
                .formatted(
                        style.words(),
                        demand == Demand.HOT ? ", one hot article" : "",
                        driver.words,
                        clients,
                        clients == 1 ? "client" : "clients");
    }
}
