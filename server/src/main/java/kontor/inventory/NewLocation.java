package kontor.inventory;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import kontor.web.PlainText;

record NewLocation(
        @NotNull @Pattern(regexp = "[a-z0-9-]{1,40}", message = "must be 1 to 40 of a-z, 0-9 and -") @PlainText
        String code,

        @NotBlank @Size(max = 200) @PlainText String name) {}
