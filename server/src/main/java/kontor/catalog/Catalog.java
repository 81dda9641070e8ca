package kontor.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** The catalogue: what is sold and at which price. */
@Service
@EnableConfigurationProperties(CatalogSettings.class)
public class Catalog {
    private static final Duration SEARCH_PATIENCE = Duration.ofSeconds(2);

    private final Assortments assortments;
    private final AssortmentStore revisions;
    private final ProductStore products;
    private final StockCounts stock;
    private final CatalogImport imports;
    private final CatalogExport exports;
    private final AuditLog log;
    private final TransactionTemplate searching;

    Catalog(
            Assortments assortments,
            AssortmentStore revisions,
            ProductStore products,
            StockCounts stock,
            CatalogImport imports,
            CatalogExport exports,
            AuditLog log,
            PlatformTransactionManager transactions) {
        this.assortments = assortments;
        this.revisions = revisions;
        this.products = products;
        this.stock = stock;
        this.imports = imports;
        this.exports = exports;
        this.log = log;
        this.searching = new TransactionTemplate(transactions);
        this.searching.setReadOnly(true);
    }

    /** The assortment as this server knows it: from memory, with no question to the database and no lock. */
    public Assortment assortment() {
        return assortments.current();
    }

    /**
     * The catalogue's revision as the surrounding transaction sees it. Whoever priced against another one prices again,
     * after {@link #refresh}.
     */
    public long revisionNow() {
        return revisions.revision();
    }

    /** Reads what has changed. @return an assortment at least as new as the catalogue was when this was called */
    public Assortment refresh() {
        return assortments.refresh();
    }

    /**
     * @throws org.springframework.dao.QueryTimeoutException when a search takes longer than two seconds: anybody
     *     may search, and no search may keep the database from taking orders
     */
    public Page<Product> list(ProductFilter filter, PageRequest page) {
        if (filter.query() == null) return listed(filter, page);
        return Objects.requireNonNull(searching.execute(_ -> {
            products.limitStatements(SEARCH_PATIENCE);
            return listed(filter, page);
        }));
    }

    private Page<Product> listed(ProductFilter filter, PageRequest page) {
        return Page.of(
                products.list(filter, page.after(0), page.limit() + 1),
                page.limit(),
                product -> PageRequest.cursor(product.id()));
    }

    /** Archived ones are found as well. */
    public Optional<Product> find(long id) {
        return products.find(id);
    }

    public Optional<Product> findBySlug(String slug) {
        return products.findBySlug(slug);
    }

    /**
     * Creates a product with its variants, and their stock where it is given.
     *
     * @param actor who does it: {@code user:17}
     * @throws Refusal 422 for doubles, 409 {@code slug_taken} or {@code sku_taken}; nothing was created
     */
    @Transactional
    public Product create(NewProduct product, String actor) {
        VariantInput.refuseDoubles(product.variants());
        assortments.refreshAfterCommit();
        var id = insert(product);
        var variants = products.put(id, product.variants());
        refuseForeign(product.variants(), variants);
        products.replacePrices(product.variants(), variants);
        stock.count(countsOf(product.variants(), variants), "created", actor);
        var created = found(id);
        log.record(Act.of("products.create", "product:" + id).with(created).by(actor));
        return created;
    }

    private long insert(NewProduct product) {
        var slug = product.slug();
        if (slug != null) {
            var id = products.insert(product, slug);
            if (id == null) throw slugTaken(slug);
            return id;
        }
        var made = Slug.of(product.name());
        var id = products.insert(product, made);
        if (id == null) id = products.insertNumbered(product, made);
        if (id == null) throw slugTaken(made);
        return id;
    }

    /**
     * Changes a product.
     *
     * @param version the one that the caller has seen; null to change whatever is there
     * @throws Refusal 404, 412 when it is no longer at that version, 422 for doubles, 409 {@code slug_taken} or
     *     {@code sku_taken}; nothing was changed
     */
    @Transactional
    public Product change(long id, @Nullable Long version, ProductChange change) {
        return change(id, version, change, "products.change");
    }

    private Product change(long id, @Nullable Long version, ProductChange change, String action) {
        if (change.variants() != null) VariantInput.refuseDoubles(change.variants());
        assortments.refreshAfterCommit();
        var before = products.find(id).orElse(null);
        try {
            if (!products.update(id, version, change)) throw notAtThatVersion(id);
        } catch (DuplicateKeyException e) {
            throw slugTaken(String.valueOf(change.slug()));
        }
        if (change.variants() != null) {
            var variants = products.put(id, change.variants());
            refuseForeign(change.variants(), variants);
            products.retireAllBut(id, variants);
            products.replacePrices(change.variants(), variants);
        }
        var changed = found(id);
        log.record(Act.of(action, "product:" + id).changed(before, changed));
        return changed;
    }

    /**
     * Takes a product off sale. Orders that name its articles stay as they are.
     *
     * @param version the one that the caller has seen; null to archive whatever is there
     * @throws Refusal 404, or 412 when it is no longer at that version
     */
    @Transactional
    public void archive(long id, @Nullable Long version) {
        change(id, version, new ProductChange(null, null, null, ProductStatus.ARCHIVED, null), "products.archive");
    }

    /**
     * Takes over a catalogue file in UTF-8, all of it or nothing; importing the same file again changes nothing. How it
     * looks stands in docs/recipes/import-a-catalogue.md.
     *
     * @param dryRun only try it, and keep nothing
     * @param actor who imports: {@code user:17}
     * @throws Refusal 422 {@code import_refused} with what is wrong on which line, 409 {@code import_running}
     * @throws IOException when the file cannot be received
     */
    public ImportReport importCsv(InputStream csv, boolean dryRun, String actor) throws IOException {
        return imports.run(csv, dryRun, actor);
    }

    /** Writes the whole catalogue as a file that {@link #importCsv} takes. Reads it in pages, so edits made meanwhile may be in it or not. */
    public void exportCsv(OutputStream to) throws IOException {
        exports.write(to);
    }

    private Product found(long id) {
        return products.find(id).orElseThrow();
    }

    private static List<StockCounts.Count> countsOf(List<NewVariant> variants, Map<String, Long> ids) {
        var counts = new ArrayList<StockCounts.Count>();
        for (var variant : variants)
            if (variant.onHand() != null) counts.add(new StockCounts.Count(idOf(variant, ids), variant.onHand()));
        counts.sort((a, b) -> Long.compare(a.variantId(), b.variantId()));
        return counts;
    }

    private static long idOf(VariantInput variant, Map<String, Long> ids) {
        var id = ids.get(variant.sku());
        if (id == null) throw new IllegalStateException(variant.sku() + " was not put");
        return id;
    }

    private static void refuseForeign(List<? extends VariantInput> variants, Map<String, Long> ids) {
        for (var variant : variants)
            if (!ids.containsKey(variant.sku()))
                throw new Refusal(
                        HttpStatus.CONFLICT,
                        "sku_taken",
                        "Another product has the SKU " + variant.sku() + ".",
                        Map.of("sku", variant.sku()),
                        List.of());
    }

    private static Refusal slugTaken(String slug) {
        return new Refusal(
                HttpStatus.CONFLICT,
                "slug_taken",
                "Another product has the slug " + slug + ".",
                Map.of("slug", slug),
                List.of());
    }

    private Refusal notAtThatVersion(long id) {
        return products.find(id)
                .map(product -> new Refusal(
                        HttpStatus.PRECONDITION_FAILED,
                        "version_changed",
                        "This product has changed meanwhile. Read it again and repeat your change.",
                        Map.of("version", product.version()),
                        List.of()))
                .orElseGet(() -> Refusal.notFound("product"));
    }
}
