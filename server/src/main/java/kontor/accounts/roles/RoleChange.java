package kontor.accounts.roles;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.web.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * What shall be different about a role; what is null stays as it is.
 *
 * @param permissions all that it shall hold from now on
 */
public record RoleChange(
        @Nullable @Size(max = 500) @PlainText String description,

        @Nullable @Size(max = 200) List<@NotNull @Size(max = 100) @PlainText String> permissions) {}
