package kontor.batching;

import java.util.List;

/**
 * Writes commands. Everything in one transaction that is committed when the method returns, or nothing when it throws.
 * A batch that failed is written again, whole or in parts, even if its commit may have happened: commands carry keys
 * that make the second time harmless.
 */
@FunctionalInterface
public interface BatchWriter<C, R> {
    /** @return one result for each command, in their order */
    List<R> write(List<C> batch);
}
