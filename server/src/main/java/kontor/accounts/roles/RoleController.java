package kontor.accounts.roles;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.Page;
import kontor.web.PlainText;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Roles")
class RoleController {
    private static final String READ = "roles:read";
    private static final Pattern VERSION = Pattern.compile("\"([0-9]{1,18})\"");
    private static final String ANY = "*";

    private final Roles roles;
    private final Idempotency idempotency;

    RoleController(Roles roles, Idempotency idempotency) {
        this.roles = roles;
        this.idempotency = idempotency;
    }

    /** All the roles that a user shall have. */
    record WantedRoles(@NotNull @Size(max = 50) List<@NotNull @Size(max = 40) @PlainText String> roles) {}

    @Requires(READ)
    @GetMapping("/permissions")
    @Operation(summary = "What a role can hold, and what it lets one do")
    Page<Permission> permissions() {
        return new Page<>(Permissions.all(), null);
    }

    @Requires(READ)
    @GetMapping("/roles")
    @Operation(summary = "The roles, by name")
    Page<Role> list() {
        return new Page<>(roles.list(), null);
    }

    @Requires(READ)
    @GetMapping("/roles/{name}")
    @Operation(summary = "One role")
    ResponseEntity<Role> find(@PathVariable String name) {
        var role = roles.find(name).orElseThrow(() -> Refusal.notFound("role"));
        return ResponseEntity.ok().eTag(role.etag()).body(role);
    }

    @Requires(Roles.EDIT)
    @FreshLogin
    @PostMapping("/roles")
    @Operation(summary = "Create a role, of permissions that one has oneself")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Role.class)))
    ResponseEntity<?> create(@Valid @RequestBody NewRole role, Caller caller, HttpServletRequest http) {
        var key = idempotency.optional(Idempotency.keysOf(http), caller.principal(), "POST /roles", role);
        return idempotency.once(key, () -> {
            var created = roles.create(role, caller);
            return ResponseEntity.created(URI.create("/roles/" + created.name()))
                    .eTag(created.etag())
                    .body(created);
        });
    }

    @Requires(Roles.EDIT)
    @FreshLogin
    @PatchMapping("/roles/{name}")
    @Operation(summary = "Change a role that is still as you have seen it, for everybody who has it")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Role.class)))
    ResponseEntity<?> change(
            @PathVariable String name,
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody RoleChange change,
            Caller caller,
            HttpServletRequest http) {
        if (ifMatch == null)
            throw ifMatchRequired("Send the role's ETag as If-Match, so that nobody's change is lost.");
        var key = idempotency.optional(
                Idempotency.keysOf(http), caller.principal(), "PATCH /roles/" + name, List.of(ifMatch, change));
        return idempotency.once(key, () -> {
            var changed = roles.change(name, versionOf(ifMatch), change, caller);
            return ResponseEntity.ok().eTag(changed.etag()).body(changed);
        });
    }

    @Requires(Roles.EDIT)
    @FreshLogin
    @DeleteMapping("/roles/{name}")
    @Operation(summary = "Delete a role that nobody has")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<?> delete(
            @PathVariable String name,
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            Caller caller,
            HttpServletRequest http) {
        var key = idempotency.optional(
                Idempotency.keysOf(http),
                caller.principal(),
                "DELETE /roles/" + name,
                ifMatch == null ? List.of() : List.of(ifMatch));
        return idempotency.once(key, () -> {
            roles.delete(name, ifMatch == null ? null : versionOf(ifMatch), caller);
            return ResponseEntity.noContent().build();
        });
    }

    @Requires(READ)
    @GetMapping("/users/{id}/roles")
    @Operation(summary = "Which roles somebody has, and what they allow")
    ResponseEntity<UserRoles> ofUser(@PathVariable long id) {
        var found = roles.ofUser(id).orElseThrow(() -> Refusal.notFound("user"));
        return ResponseEntity.ok().eTag(found.etag()).body(found);
    }

    @Requires(Roles.GIVE)
    @FreshLogin
    @PutMapping("/users/{id}/roles")
    @Operation(summary = "Give somebody else these roles and no others, if they still have those that you have seen")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = UserRoles.class)))
    ResponseEntity<?> give(
            @PathVariable long id,
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody WantedRoles wanted,
            Caller caller,
            HttpServletRequest http) {
        if (ifMatch == null)
            throw ifMatchRequired("Send the ETag of the user's roles as If-Match, so that nobody's change is lost.");
        var key = idempotency.optional(
                Idempotency.keysOf(http), caller.principal(), "PUT /users/" + id + "/roles", List.of(ifMatch, wanted));
        return idempotency.once(key, () -> {
            var given = roles.give(id, ifMatch.equals(ANY) ? null : ifMatch.strip(), wanted.roles(), caller);
            return ResponseEntity.ok().eTag(given.etag()).body(given);
        });
    }

    private static Refusal ifMatchRequired(String detail) {
        return new Refusal(HttpStatus.PRECONDITION_REQUIRED, "if_match_required", detail);
    }

    /** @return null for {@code *}, which stands for any version; one that no role ever has for what is no ETag of ours */
    private static @Nullable Long versionOf(String ifMatch) {
        if (ifMatch.equals(ANY)) return null;
        var version = VERSION.matcher(ifMatch.strip());
        return version.matches() ? Long.parseLong(version.group(1)) : -1;
    }
}
