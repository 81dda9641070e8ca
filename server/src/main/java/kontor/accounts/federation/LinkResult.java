package kontor.accounts.federation;

/** What became of linking a user with somebody elsewhere. */
sealed interface LinkResult {
    /** They are linked now, or were before. */
    record Linked(Identity identity) implements LinkResult {}

    /** They are somebody else here. */
    record Taken() implements LinkResult {}
}
