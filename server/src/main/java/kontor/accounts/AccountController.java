package kontor.accounts;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import kontor.accounts.sessions.Client;
import kontor.idempotency.Idempotency;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.FreshLogins;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import kontor.web.Requires;
import kontor.web.SignedIn;
import kontor.web.WhileEnrolling;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Users")
class AccountController {
    static final String EDIT = "users:write";
    private static final String SEE_ALL = "users:read";
    private static final String SEE_ORDERS = "orders:read";
    private static final String ERASE = "users:delete";
    private static final String VERSIONED = "Takes no Idempotency-Key: If-Match refuses the second of two.";
    private static final String STAYS = "Takes no Idempotency-Key: once more changes nothing.";
    private static final Pattern VERSION = Pattern.compile("\"([0-9]{1,18})\"");
    private final Accounts accounts;
    private final Registrations registrations;
    private final Profiles profiles;
    private final FreshLogins freshLogins;

    AccountController(Accounts accounts, Registrations registrations, Profiles profiles, FreshLogins freshLogins) {
        this.accounts = accounts;
        this.registrations = registrations;
        this.profiles = profiles;
        this.freshLogins = freshLogins;
    }

    @Anyone
    @PostMapping("/users")
    @Operation(
            summary = "Open an account; for somebody else, who is mailed a link to choose a password, with users:write",
            description =
                    "202 where accounts have to be verified by mail, whether or not there is one with this address.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = User.class)))
    @ApiResponse(responseCode = "202", content = @Content)
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
            @RequestParam(required = false)
                    @Nullable
                    @Parameter(
                            description = "Whether they can log in; everybody who was not erased without it",
                            schema = @Schema(allowableValues = {"active", "unverified", "disabled", "erased"}))
                    String state,
            PageRequest page) {
        return accounts.list(
                new UserFilter(query, role, state == null ? null : UserState.ofCode("state", state)), page);
    }

    @SignedIn(scope = SEE_ALL)
    @WhileEnrolling
    @GetMapping("/users/me")
    @Operation(summary = "Who one is")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = User.class)))
    ResponseEntity<User> me(Caller caller) {
        return answer(accounts.find(caller.userId()).orElseThrow(AccountController::noSuchUser));
    }

    /** Somebody else's record is not there, unless the caller may see all. */
    @SignedIn(scope = SEE_ALL)
    @GetMapping("/users/{id}")
    @Operation(summary = "One user: oneself, or anybody with the permission users:read")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = User.class)))
    ResponseEntity<User> find(@PathVariable long id, Caller caller) {
        require(id, caller, SEE_ALL);
        return answer(accounts.find(id).orElseThrow(AccountController::noSuchUser));
    }

    @SignedIn
    @PatchMapping("/users/me")
    @Operation(summary = "Change one's profile that is still as one has seen it", description = VERSIONED)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = User.class)))
    ResponseEntity<User> changeMe(
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody UserChange change,
            Caller caller) {
        return change(caller.userId(), ifMatch, change, caller);
    }

    @SignedIn
    @PatchMapping("/users/{id}")
    @Operation(
            summary = "Change a profile that is still as one has seen it: one's own, or anybody's with users:write",
            description = VERSIONED)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = User.class)))
    ResponseEntity<User> change(
            @PathVariable long id,
            @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody UserChange change,
            Caller caller) {
        require(id, caller, EDIT);
        if (ifMatch == null)
            throw new Refusal(
                    HttpStatus.PRECONDITION_REQUIRED,
                    "if_match_required",
                    "Send the user's ETag as If-Match, so that nobody's change is lost.");
        return answer(profiles.change(id, versionOf(ifMatch), change, caller));
    }

    @Requires(EDIT)
    @PostMapping("/users/{id}/disable")
    @Operation(summary = "Keep a user out; ends all their sessions", description = STAYS)
    User disable(@PathVariable long id, Caller caller) {
        return profiles.disable(id, caller);
    }

    @Requires(EDIT)
    @PostMapping("/users/{id}/enable")
    @Operation(summary = "Let a user in again", description = STAYS)
    User enable(@PathVariable long id, Caller caller) {
        return profiles.enable(id, caller);
    }

    @SignedIn
    @FreshLogin
    @DeleteMapping("/users/me")
    @Operation(summary = "Have oneself erased; orders and books stay, without the person", description = STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> eraseMe(Caller caller) {
        return erase(caller.userId(), caller);
    }

    @SignedIn
    @FreshLogin
    @DeleteMapping("/users/{id}")
    @Operation(summary = "Erase a user: oneself, or anybody with the permission users:delete", description = STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> erase(@PathVariable long id, Caller caller) {
        require(id, caller, ERASE);
        profiles.erase(id, caller);
        return ResponseEntity.noContent().build();
    }

    @SignedIn
    @GetMapping("/users/{id}/export")
    @Operation(
            summary =
                    "All that is kept of a person: of oneself, or with the permission users:read of anybody who may do no more than oneself",
            description = "Of others it takes the permission orders:read as well, and a fresh login.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PersonalExport.class)))
    ResponseEntity<PersonalExport> export(@PathVariable long id, Caller caller) {
        require(id, caller, SEE_ALL);
        if (id != caller.userId()) {
            require(caller, SEE_ORDERS); // they are in it
            freshLogins.require(caller);
        }
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"kontor-user-" + id + ".json\"")
                .body(profiles.export(id, caller));
    }

    private static void require(long id, Caller caller, String permission) {
        if (id != caller.userId() && !caller.may(permission)) throw noSuchUser();
    }

    private static void require(Caller caller, String permission) {
        if (!caller.may(permission))
            throw new Refusal(HttpStatus.FORBIDDEN, "forbidden", "This needs the permission " + permission + ".");
    }

    private static ResponseEntity<User> answer(User user) {
        return ResponseEntity.ok().eTag("\"" + user.version() + '"').body(user);
    }

    /** @return null for {@code *}, which stands for any version; one that no user ever has for what is no ETag of ours */
    private static @Nullable Long versionOf(String ifMatch) {
        if (ifMatch.equals("*")) return null;
        var version = VERSION.matcher(ifMatch.strip());
        return version.matches() ? Long.parseLong(version.group(1)) : -1;
    }

    private static Refusal noSuchUser() {
        return Refusal.notFound("user");
    }
}
