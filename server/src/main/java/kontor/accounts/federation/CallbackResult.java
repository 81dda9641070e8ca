package kontor.accounts.federation;

import kontor.accounts.LoginResult;

/** What became of a browser that came back from a provider, and the path that it goes on to. */
sealed interface CallbackResult {
    record LetIn(LoginResult login, String to) implements CallbackResult {}

    record NowLinked(String to) implements CallbackResult {}
}
