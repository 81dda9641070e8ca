package kontor.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Currency;
import kontor.accounts.Accounts;
import kontor.accounts.Registration;
import kontor.catalog.Catalog;
import kontor.database.CannotStart;
import kontor.orders.imports.ImportFormat;
import kontor.orders.imports.ImportOptions;
import kontor.orders.imports.Imports;
import org.springframework.stereotype.Component;

/** Puts the retailer's goods on the shelves and lets two people in; the second time everything is there already. */
@Component
class DemoShop {
    static final String ACTOR = "demo";

    static final ImportOptions HISTORY =
            new ImportOptions(ImportFormat.CSV, Currency.getInstance("GBP"), ZoneId.of("Europe/London"), true, false);

    private final Catalog catalog;
    private final Accounts accounts;
    private final Imports imports;

    DemoShop(Catalog catalog, Accounts accounts, Imports imports) {
        this.catalog = catalog;
        this.accounts = accounts;
        this.imports = imports;
    }

    /** @throws CannotStart when somebody runs a shop on this database: the demo's people have no business there */
    void refuseRealShop() {
        if (accounts.hasAdminBesides(DemoSecrets.ADMIN))
            throw new CannotStart(
                    "This database has an administrator besides the demo's own, and demo leaves real shops alone."
                            + " Choose another data folder with --data.");
    }

    /** Safe to call again: what is there stays as it is, and what a killed demo has left out is made up for. */
    void open(DemoSecrets secrets) throws IOException {
        accounts.createAdmin(new Registration("Demo Admin", DemoSecrets.ADMIN, secrets.adminPassword()));
        accounts.register(new Registration("Ann Lee", DemoSecrets.CUSTOMER, secrets.customerPassword()));
        if (catalog.assortment().articles().isEmpty()) fillShelves();
        if (!imports.hasCompleted(ACTOR)) importHistory();
    }

    private void fillShelves() throws IOException {
        System.out.println("Filling the shelves with a British retailer's articles …");
        catalog.importCsv(
                new ByteArrayInputStream(RetailerData.catalogue().getBytes(StandardCharsets.UTF_8)), false, ACTOR);
    }

    /** What an earlier import has brought before it was cut off is found there, and not doubled. */
    private void importHistory() throws IOException {
        System.out.println("Importing its orders of December 2010 …");
        try (var invoices = RetailerData.invoices()) {
            imports.run(invoices, HISTORY, ACTOR);
        }
    }
}
