package kontor.catalog;

import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Every article at one revision of the catalogue, those that are no longer sold included. Never changes. */
public final class Assortment {
    static final Assortment EMPTY = new Assortment(0, Map.of());

    private final long revision;
    private final Map<String, Article> articles;

    private Assortment(long revision, Map<String, Article> articles) {
        this.revision = revision;
        this.articles = articles;
    }

    public long revision() {
        return revision;
    }

    /** @return null when the catalogue never had such an article */
    public @Nullable Article find(String sku) {
        return articles.get(sku);
    }

    public Collection<Article> articles() {
        return Collections.unmodifiableCollection(articles.values());
    }

    /** The codes of the currencies that something has a price in, in alphabetical order. */
    Set<String> currencies() {
        var codes = new TreeSet<String>();
        for (var article : articles.values())
            for (Currency currency : article.prices().keySet()) codes.add(currency.getCurrencyCode());
        return codes;
    }

    /** This one with the given products as they are now; the others are taken over, not read again. */
    Assortment with(long newRevision, Set<Long> changedProducts, List<Article> theirArticles) {
        var next = new HashMap<>(articles);
        if (!articles.isEmpty()) next.values().removeIf(article -> changedProducts.contains(article.productId()));
        for (var article : theirArticles) next.put(article.sku().value(), article);
        return new Assortment(newRevision, next);
    }
}
