package kontor.accounts;

import java.util.Locale;

/** A wish to be sent a mail, before anybody has looked whether there is such an account. */
record MailRequest(Kind kind, String email) {
    enum Kind {
        RESET_PASSWORD,
        VERIFY_EMAIL;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
