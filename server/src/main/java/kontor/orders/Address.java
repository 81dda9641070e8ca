package kontor.orders;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import kontor.web.CountryCode;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/** Where goods go. {@code country} is ISO 3166-1 alpha-2. */
public record Address(
        @NotBlank @Size(max = 200) @PlainText String name,
        @Nullable @Size(max = 200) @PlainText String company,
        @NotBlank @Size(max = 200) @PlainText String line1,
        @Nullable @Size(max = 200) @PlainText String line2,
        @NotBlank @Size(max = 100) @PlainText String city,
        @Nullable @Size(max = 100) @PlainText String region,
        @Nullable @Size(max = 20) @PlainText String postalCode,
        @NotNull @CountryCode @Schema(example = "GB") String country,

        @Nullable @Size(max = 40) @PlainText(phone = true) String phone) {}
