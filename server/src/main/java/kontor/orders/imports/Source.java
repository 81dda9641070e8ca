package kontor.orders.imports;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file of orders, read once from beginning to end. */
interface Source {
    /** What the next line of the file names; null behind the last one. Lines that cannot be read are among them. */
    @Nullable
    List<SourceLine> next() throws IOException;
}
