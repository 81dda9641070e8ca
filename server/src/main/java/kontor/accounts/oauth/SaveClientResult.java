package kontor.accounts.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What became of a client that was written. */
sealed interface SaveClientResult {
    /** @param clientSecret shown this once, of a confidential client; only its hash is kept */
    @Schema(name = "CreatedOAuthClient")
    record Saved(ClientView client, @Nullable String clientSecret) implements SaveClientResult {
        @Override
        public String toString() {
            return "Saved[" + client.id() + "]";
        }
    }

    record NameTaken() implements SaveClientResult {}
}
