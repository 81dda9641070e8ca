package kontor.catalog;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Service;

/** The catalogue: what is sold and at which price. */
@Service
@EnableConfigurationProperties(CatalogSettings.class)
public class Catalog {
    private final Assortments assortments;
    private final AssortmentStore store;

    Catalog(Assortments assortments, AssortmentStore store) {
        this.assortments = assortments;
        this.store = store;
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
        return store.revision();
    }

    /** Reads what has changed. @return an assortment at least as new as the catalogue was when this was called */
    public Assortment refresh() {
        return assortments.refresh();
    }
}
