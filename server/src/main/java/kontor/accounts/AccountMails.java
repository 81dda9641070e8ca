package kontor.accounts;

import kontor.accounts.sessions.PublicUrl;
import kontor.mail.Mail;
import kontor.mail.Mails;
import org.springframework.stereotype.Component;

/**
 * What people are written about their accounts. No mail that a stranger can cause says anything that the stranger chose, not
 * even a name: or else it would carry their words to whomever they like.
 */
@Component
class AccountMails {
    private static final String NOT_YOU = "\n\nIf that was not you, you need not do anything: nothing has changed.\n";
    private final Mails mails;
    private final PublicUrl address;

    AccountMails(Mails mails, PublicUrl address) {
        this.mails = mails;
        this.address = address;
    }

    void verify(long userId, String email, String token) {
        send(
                userId,
                email,
                "Confirm your e-mail address",
                """
                Somebody, presumably you, has opened an account with this address. This link opens it, within a day and with
                the password that was chosen for it:

                %s

                If you do not know that password, do not follow the link. If you want the account, ask for a new password
                where you log in, which opens it too.
                """.formatted(address.link("/account/verify", token)) + NOT_YOU);
    }

    void accountIsThere(long userId, String email) {
        send(userId, email, "You have an account already", """
                Somebody, presumably you, wanted to open an account with this address. There is one already: log in with its
                password, or ask for a new password where you log in.
                """ + NOT_YOU);
    }

    void invite(long userId, String email, String token) {
        send(userId, email, "An account for you", """
                An account was opened for you. Choose its password here, within a day:

                %s

                Later you can ask for a new link where you log in.
                """.formatted(address.link("/account/reset-password", token)));
    }

    void resetPassword(long userId, String email, String token) {
        send(
                userId,
                email,
                "Choose a new password",
                """
                Somebody, presumably you, has forgotten the password of your account. Choose a new one here, within half an
                hour:

                %s
                """.formatted(address.link("/account/reset-password", token)) + NOT_YOU);
    }

    void changeEmail(long userId, String newEmail, String token) {
        send(
                userId,
                newEmail,
                "Confirm your new e-mail address",
                """
                Somebody, presumably you, wants to use this address for their account. This link does that, within a day:

                %s
                """.formatted(address.link("/account/confirm-email", token)) + NOT_YOU);
    }

    /** To the present address: whoever has taken an account over would otherwise take it away unnoticed. */
    void emailIsToChange(long userId, String email) {
        send(userId, email, "Your account is to get another e-mail address", """
                Somebody, presumably you, has asked for another e-mail address for your account. It changes when the link in
                a mail to that address is followed.

                If that was not you, change your password at once, which also makes that link worthless, and tell us.
                """);
    }

    /** To the address before: whoever has taken an account over would otherwise have taken it away unnoticed. */
    void emailChanged(long userId, String before) {
        send(userId, before, "Your account has another e-mail address", """
                The e-mail address of your account was changed just now. Mails about it do not come here any more.

                If that was not you, tell us at once.
                """);
    }

    private void send(long userId, String email, String subject, String text) {
        mails.send(userId, new Mail(email, subject, text));
    }
}
