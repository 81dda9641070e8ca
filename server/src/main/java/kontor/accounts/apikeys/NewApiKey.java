package kontor.accounts.apikeys;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * An API key as somebody wants it.
 *
 * @param scopes permissions that one has oneself, and {@code orders:place}
 * @param expiresAt at most 366 days ahead; in 90 days if left out
 * @param requestsPerSecond a rate limit below everybody's; everybody's if left out
 */
record NewApiKey(
        @NotBlank @Size(max = 100) @PlainText String name,

        @NotEmpty @Size(max = 100) @ArraySchema(schema = @Schema(example = "orders:place"))
        List<@NotNull @Size(max = 100) @PlainText String> scopes,

        @Nullable Instant expiresAt,
        @Nullable @Min(1) @Max(10_000) Integer requestsPerSecond) {}
