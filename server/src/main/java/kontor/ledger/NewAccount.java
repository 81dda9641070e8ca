package kontor.ledger;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import kontor.web.PlainText;

record NewAccount(
        @NotNull
        @Size(max = 40)
        @Pattern(
                regexp = "[a-z][a-z0-9]*(_[a-z0-9]+)*",
                message = "must be words of a-z and 0-9 with _ between them, beginning with a letter")
        String code,

        @NotBlank @Size(max = 200) @PlainText String name,
        @NotNull AccountKind kind) {}
