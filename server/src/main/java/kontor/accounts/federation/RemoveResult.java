package kontor.accounts.federation;

/** What became of removing an identity. */
sealed interface RemoveResult {
    record Removed() implements RemoveResult {}

    /** Its user would have no way to log in any more. */
    record LastWayIn() implements RemoveResult {}

    record NotThere() implements RemoveResult {}
}
