package kontor.catalog;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/** A variant as it shall be. Its stock is moved elsewhere, with a reason. */
public record ChangedVariant(
        @NotNull @Pattern(regexp = Sku.FORM, message = Sku.RULE)
        String sku,

        @Nullable @Size(max = 200) @PlainText(barCodes = true)
        String name,

        @NotNull @Size(min = 1, max = 50) List<@NotNull @Valid Price> prices)
        implements VariantInput {}
