package kontor.inventory;

import java.util.List;
import kontor.catalog.Sku;

/** What lies of an article, at each location that has or had some; the one that orders are filled from comes first. */
record Stock(Sku sku, List<Level> levels) {}
