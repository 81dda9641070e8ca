/**
 * The PostgreSQL that Kontor writes to: started here when it is the embedded one, migrated before anything reads it,
 * and pooled. Beside it the few tools that every store needs: {@link kontor.database.Rows} and
 * {@link kontor.database.Ids}.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package kontor.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
