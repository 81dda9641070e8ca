package kontor.accounts.apikeys;

import io.swagger.v3.oas.annotations.media.Schema;

/** What became of the wish for an API key. */
sealed interface CreateKeyResult {
    /** @param key shown this once; only its hash is kept */
    @Schema(name = "CreatedApiKey")
    record Created(ApiKey apiKey, String key) implements CreateKeyResult {
        @Override
        public String toString() {
            return "Created[" + apiKey.id() + "]";
        }
    }

    /** @param most how many one may have that are good */
    record TooMany(int most) implements CreateKeyResult {}
}
