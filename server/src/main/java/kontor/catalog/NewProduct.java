package kontor.catalog;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/** @param slug made of the name when null */
public record NewProduct(
        @NotBlank @Size(max = 200) @PlainText(barCodes = true)
        String name,

        @Nullable @Pattern(regexp = Slug.FORM, message = Slug.RULE)
        String slug,

        @Nullable @Size(max = 10_000) @PlainText(lines = true)
        String description,

        @NotNull @Size(min = 1, max = 200) List<@NotNull @Valid NewVariant> variants) {
    String descriptionOrEmpty() {
        return description == null ? "" : description;
    }
}
