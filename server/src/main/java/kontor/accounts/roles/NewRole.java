package kontor.accounts.roles;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/** @param description who should have it; empty when null */
public record NewRole(
        @NotNull
        @Pattern(
                regexp = "(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
                message = "must be up to 40 letters a-z and digits in groups joined by -, a letter first")
        @PlainText
        String name,

        @Nullable @Size(max = 500) @PlainText String description,

        @NotNull @Size(max = 200) List<@NotNull @Size(max = 100) @PlainText String> permissions) {
    String descriptionOrEmpty() {
        return description == null ? "" : description;
    }
}
