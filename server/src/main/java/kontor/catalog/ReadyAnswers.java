package kontor.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import kontor.web.PageRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers to what everybody asks, kept ready until the catalogue changes. The revision is part of the question, so
 * nothing has to be thrown away: what is no longer asked for is pushed out.
 */
@Component
class ReadyAnswers {
    private static final int AROUND_IT = 500;

    private sealed interface Question {
        record OfList(long revision, ProductFilter filter, PageRequest page) implements Question {}

        record OfProduct(long revision, String idOrSlug) implements Question {}
    }

    private final Catalog catalog;
    private final JsonMapper json;
    private final Cache<Question, ReadyAnswer> ready;

    ReadyAnswers(Catalog catalog, JsonMapper json, CatalogSettings settings) {
        this.catalog = catalog;
        this.json = json;
        this.ready = Caffeine.newBuilder()
                .maximumWeight(settings.cachedAnswers().toBytes())
                .weigher((Question question, ReadyAnswer answer) -> AROUND_IT + answer.bytes())
                .build();
    }

    ReadyAnswer list(ProductFilter filter, PageRequest page) {
        return ready.get(new Question.OfList(catalog.assortment().revision(), filter, page), this::answer);
    }

    /** @return null when there is no such product */
    @Nullable
    ReadyAnswer product(String idOrSlug) {
        return ready.get(new Question.OfProduct(catalog.assortment().revision(), idOrSlug), this::answer);
    }

    private @Nullable ReadyAnswer answer(Question question) {
        return switch (question) {
            case Question.OfList list ->
                ReadyAnswer.of(
                        json.writeValueAsBytes(catalog.list(list.filter(), list.page())),
                        list.filter().status() == ProductStatus.ACTIVE);
            case Question.OfProduct product ->
                find(product.idOrSlug()).map(this::answer).orElse(null);
        };
    }

    /** @param idOrSlug an id when it is a number: no slug is */
    private Optional<Product> find(String idOrSlug) {
        if (Slug.isOne(idOrSlug)) return catalog.findBySlug(idOrSlug);
        return idOrSlug.matches("[0-9]{1,18}") ? catalog.find(Long.parseLong(idOrSlug)) : Optional.empty();
    }

    private ReadyAnswer answer(Product product) {
        return new ReadyAnswer(
                json.writeValueAsBytes(product),
                ProductController.etag(product),
                product.status() == ProductStatus.ACTIVE);
    }
}
