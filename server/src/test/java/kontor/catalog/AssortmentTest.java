package kontor.catalog;

import static kontor.catalog.Shelf.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import kontor.KontorTest;
import kontor.database.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@KontorTest
class AssortmentTest {
    @Autowired
    Catalog catalog;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    JdbcClient jdbc;

    private final JdbcClient owner = JdbcClient.create(TestDatabase.owner());

    @Test
    void noticesWhatAnotherServerOrAHandInTheDatabaseChanges() {
        var sku = created();
        owner.sql("UPDATE catalog.prices SET amount = 777 WHERE variant_id = ?")
                .param(article(sku).variantId())
                .update();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> article(sku).prices().values().iterator().next().minorUnits() == 777);
    }

    @Test
    void forgetsVariantsThatAHandInTheDatabaseDeletes() {
        var sku = created();
        var variant = article(sku).variantId();
        owner.sql("DELETE FROM catalog.prices WHERE variant_id = ?")
                .param(variant)
                .update();
        owner.sql("DELETE FROM catalog.variants WHERE id = ?").param(variant).update();
        assertThat(catalog.refresh().find(sku)).isNull();
    }

    @Test
    void countsOneRevisionForEachTransactionThatChangesSomething() {
        created();
        var revision = catalog.revisionNow();
        jdbc.sql("UPDATE catalog.products SET name = name WHERE false").update();
        jdbc.sql("UPDATE catalog.prices SET amount = amount WHERE false").update();
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        transactions.executeWithoutResult(status -> {
            catalog.create(newProduct(newSku()), "user:1");
            catalog.create(newProduct(newSku()), "user:1");
        });
        assertThat(catalog.revisionNow()).isEqualTo(revision + 1);
    }

    @Test
    void knowsNothingOfWhatWasRolledBack() {
        var sku = newSku();
        var revision = catalog.revisionNow();
        transactions.executeWithoutResult(status -> {
            catalog.create(newProduct(sku), "user:1");
            assertThat(catalog.revisionNow()).isEqualTo(revision + 1);
            status.setRollbackOnly();
        });
        assertThat(catalog.revisionNow()).isEqualTo(revision);
        assertThat(catalog.refresh().find(sku)).isNull();
    }

    @Test
    void takesOverWhatDidNotChange() {
        var untouched = created();
        var before = catalog.assortment();
        created();
        var after = catalog.assortment();
        assertThat(after).isNotSameAs(before);
        assertThat(after.find(untouched)).isSameAs(before.find(untouched));
        assertThat(catalog.refresh()).isSameAs(after);
    }

    private String created() {
        var sku = newSku();
        catalog.create(newProduct(sku), "user:1");
        return sku;
    }

    private Article article(String sku) {
        return Objects.requireNonNull(catalog.assortment().find(sku));
    }

    private static NewProduct newProduct(String sku) {
        var price = new Price(100L, java.util.Currency.getInstance("GBP"));
        return new NewProduct("Assorted", null, null, List.of(new NewVariant(sku, null, List.of(price), null)));
    }
}
