/**
 * Order history from elsewhere: read from a file, decided on line by line, taken into the shop, and accounted for to the
 * penny. docs/recipes/import-orders.md says what each kind of line becomes.
 */
@NamedInterface("imports")
@NullMarked
package kontor.orders.imports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
