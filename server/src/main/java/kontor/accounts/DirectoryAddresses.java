package kontor.accounts;

import java.util.Optional;
import kontor.web.Refusal;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Addresses at the directory's own domain. An account with one, opened here, could not be logged in to with its password, and
 * whoever has the name in the directory would find their address taken.
 */
@Component
class DirectoryAddresses {
    private final ObjectProvider<Directory> directory;

    DirectoryAddresses(ObjectProvider<Directory> directory) {
        this.directory = directory;
    }

    /** The domain whose names only the directory lets in: a password kept here for an address there is never compared. */
    Optional<String> domain() {
        return Optional.ofNullable(directory.getIfAvailable()).flatMap(Directory::domain);
    }

    /** @throws Refusal 422 for an address that only the directory may give somebody; whether there is an account is not told */
    void refuseTo(String email) {
        if (EmailAddress.faultIn(email).isPresent()) return; // told by whoever looks at its form
        var there = directory.getIfAvailable();
        if (there != null && there.answersFor(email))
            throw Refusal.ofField(
                    "email",
                    "directory_address",
                    "belongs to the directory: log in with the name and the password that you have there");
    }
}
