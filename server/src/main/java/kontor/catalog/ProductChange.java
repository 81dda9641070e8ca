package kontor.catalog;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * What shall be different about a product; what is null stays as it is.
 *
 * @param variants all that shall be sold from now on, in this order: those that are not named are no longer sold
 */
public record ProductChange(
        @Nullable @Pattern(regexp = "(?s).*\\S.*", message = "must not be blank") @Size(max = 200) @PlainText
        String name,

        @Nullable @Pattern(regexp = Slug.FORM, message = Slug.RULE)
        String slug,

        @Nullable @Size(max = 10_000) @PlainText(lines = true)
        String description,

        @Nullable ProductStatus status,
        @Nullable @Size(min = 1, max = 200) List<@NotNull @Valid ChangedVariant> variants) {}
