package kontor.accounts.oauth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The script of the login pages: what is served, and the hash by which pages admit it and nothing else. */
final class PasskeyScript {
    static final String PATH = "/login/passkeys.js";
    static final String TEXT = read();
    static final String INTEGRITY = "sha256-" + Pages.hash(TEXT);
    static final String ELEMENT = "<script src=\"%s\" integrity=\"%s\" defer></script>%n".formatted(PATH, INTEGRITY);

    private PasskeyScript() {}

    private static String read() {
        try (var file = PasskeyScript.class.getResourceAsStream("/kontor/accounts/passkeys.js")) {
            if (file == null) throw new IllegalStateException("passkeys.js is missing");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
