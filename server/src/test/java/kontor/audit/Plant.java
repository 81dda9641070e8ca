package kontor.audit;

/**
 * A violation to be planted in a sound shop, and the one invariant that must catch it.
 *
 * @param what a few words
 * @param withoutGuard whether the database would refuse it, so that a guard is taken away first; that is noticed too
 * @param sql statements, for a superuser with triggers silenced
 */
record Plant(String invariant, String what, boolean withoutGuard, String sql) {
    @Override
    public String toString() {
        return invariant + ": " + what;
    }
}
