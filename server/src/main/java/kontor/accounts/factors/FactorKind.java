package kontor.accounts.factors;

/** What can be shown as a second factor. */
public enum FactorKind {
    TOTP,
    PASSKEY,
    RECOVERY_CODE
}
