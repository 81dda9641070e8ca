package kontor.accounts.sessions;

/** What a session stands on: tokens that a program keeps, or a cookie that a browser does. */
public enum SessionKind {
    TOKEN,
    COOKIE
}
