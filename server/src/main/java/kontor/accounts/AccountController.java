package kontor.accounts;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import kontor.accounts.sessions.Client;
import kontor.idempotency.Idempotency;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import kontor.web.Requires;
import kontor.web.SignedIn;
import kontor.web.WhileEnrolling;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Users")
class AccountController {
    private static final String SEE_ALL = "users:read";
    private final Accounts accounts;
    private final Registrations registrations;

    AccountController(Accounts accounts, Registrations registrations) {
        this.accounts = accounts;
        this.registrations = registrations;
    }

    @Anyone
    @PostMapping("/users")
    @Operation(summary = "Open an account")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = User.class)))
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    ResponseEntity<?> register(@RequestBody Registration registration, Caller caller, HttpServletRequest http) {
        return registrations.answer(registration, caller, Idempotency.keysOf(http), Client.of(http));
    }

    @Requires(SEE_ALL)
    @GetMapping("/users")
    @Operation(summary = "Find users, newest first")
    Page<User> list(
            @RequestParam(required = false) @Nullable String query,
            @RequestParam(required = false) @Nullable String role,
            PageRequest page) {
        return accounts.list(new UserFilter(query, role), page);
    }

    @SignedIn(scope = SEE_ALL)
    @WhileEnrolling
    @GetMapping("/users/me")
    @Operation(summary = "Who one is")
    User me(Caller caller) {
        return accounts.find(caller.userId()).orElseThrow(AccountController::noSuchUser);
    }

    /** Somebody else's record is not there, unless the caller may see all. */
    @SignedIn(scope = SEE_ALL)
    @GetMapping("/users/{id}")
    @Operation(summary = "One user: oneself, or anybody with the permission users:read")
    User find(@PathVariable long id, Caller caller) {
        if (id != caller.userId() && !caller.may(SEE_ALL)) throw noSuchUser();
        return accounts.find(id).orElseThrow(AccountController::noSuchUser);
    }

    private static Refusal noSuchUser() {
        return Refusal.notFound("user");
    }
}
