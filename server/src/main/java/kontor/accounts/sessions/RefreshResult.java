package kontor.accounts.sessions;

/** What became of a refresh token. */
public sealed interface RefreshResult {
    record Refreshed(LoggedIn loggedIn) implements RefreshResult {}

    /** It is none of ours, or not any more; when it had been used before, its session has ended now. */
    record Refused() implements RefreshResult {}
}
