package kontor.accounts;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;
import static java.util.Objects.requireNonNull;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Optional;
import java.util.stream.Stream;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What somebody sends who wants an account, with nothing checked yet.
 *
 * @param name 1 to 200 characters, see {@link PersonName}; spaces around it are dropped
 * @param email see {@link EmailAddress}
 * @param password 8 to 128 characters, see {@link PasswordRules}; staff who open an account for somebody leave it out
 */
public record Registration(
        @Nullable @Schema(requiredMode = REQUIRED, maxLength = 200, example = "Ann Lee")
        String name,

        @Nullable @Schema(requiredMode = REQUIRED, maxLength = 254, example = "ann@example.org")
        String email,

        @Nullable @Schema(requiredMode = REQUIRED, minLength = 8, maxLength = 128, format = "password")
        String password) {
    /** The same, after it has passed every rule. */
    record Checked(String name, String email, String password) {
        @Override
        public String toString() {
            return "Checked[" + email + "]"; // never the password
        }
    }

    /** The same for somebody else, who will choose a password. */
    record Invitation(String name, String email) {
        @Override
        public String toString() {
            return "Invitation[" + email + "]";
        }
    }

    /** @throws Refusal 422 that names every field that breaks a rule */
    Invitation invitation() {
        refuseCardData();
        var faults = Stream.of(PersonName.faultIn(name), EmailAddress.faultIn(email))
                .flatMap(Optional::stream)
                .toList();
        if (!faults.isEmpty()) throw Refusal.ofFields(faults);
        return new Invitation(requireNonNull(name).strip(), requireNonNull(email));
    }

    private void refuseCardData() {
        if (name != null) PlainText.Check.refuseCardData(name);
        if (email != null) PlainText.Check.refuseCardData(email);
    }

    /** @throws Refusal 422 that names every field that breaks a rule */
    Checked checked() {
        refuseCardData();
        var faults = Stream.of(
                        PersonName.faultIn(name),
                        EmailAddress.faultIn(email),
                        PasswordRules.faultIn(password, name, email))
                .flatMap(Optional::stream)
                .toList();
        if (!faults.isEmpty()) throw Refusal.ofFields(faults);
        return new Checked(requireNonNull(name).strip(), requireNonNull(email), requireNonNull(password));
    }

    @Override
    public String toString() {
        return "Registration[" + email + "]"; // never the password
    }
}
