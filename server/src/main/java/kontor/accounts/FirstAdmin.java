package kontor.accounts;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.stream.Collectors;
import kontor.accounts.RegisterResult.EmailTaken;
import kontor.accounts.RegisterResult.Registered;
import kontor.database.CannotStart;
import kontor.web.Refusal;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.stereotype.Component;

/**
 * Gives a server without an administrator its first one, before the server takes requests. There is no default
 * password: it comes from the settings, or it is made up and printed, once, to the terminal and not to the log.
 */
@Component
@ConditionalOnWebApplication
class FirstAdmin implements SmartInitializingSingleton {
    private static final String ALPHABET =
            "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"; // none that look alike
    private static final int LENGTH = 20; // 115 bits
    private final Accounts accounts;
    private final DirectoryAddresses directory;
    private final FirstAdminSettings settings;

    FirstAdmin(Accounts accounts, DirectoryAddresses directory, FirstAdminSettings settings) {
        this.accounts = accounts;
        this.directory = directory;
        this.settings = settings;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (accounts.hasAdmin()) return;
        var given = settings.password();
        var madeUp = given == null || given.isEmpty() ? randomPassword() : null;
        var wanted = new Registration("Administrator", settings.email(), madeUp == null ? given : madeUp);
        try {
            directory.refuseTo(settings.email());
            var result = accounts.createFirstAdmin(wanted);
            if (result.isEmpty()) return; // another node was faster, and has printed its own
            switch (result.get()) {
                case Registered(var admin) -> {
                    if (madeUp != null) print(admin.email(), madeUp);
                }
                case EmailTaken() ->
                    throw new CannotStart(
                            "There is no administrator yet, and %s is a customer's address. Set KONTOR_ADMIN_EMAIL to another."
                                    .formatted(settings.email()));
            }
        } catch (Refusal e) {
            throw new CannotStart(sentence(e), e);
        }
    }

    private static String sentence(Refusal refusal) {
        return refusal.errors().stream()
                .map(fault -> "KONTOR_ADMIN_%s %s.".formatted(fault.field().toUpperCase(Locale.ROOT), fault.message()))
                .findFirst()
                .orElse("The first administrator is refused. " + refusal.getMessage());
    }

    private static String randomPassword() {
        return new SecureRandom()
                .ints(LENGTH, 0, ALPHABET.length())
                .mapToObj(i -> ALPHABET.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    private static void print(String email, String password) {
        var line = "=".repeat(72);
        System.out.printf(
                "%s%n  The first administrator. This password is shown once, now:%n    %s   %s%n%s%n",
                line, email, password, line);
    }
}
