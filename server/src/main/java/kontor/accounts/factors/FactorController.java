package kontor.accounts.factors;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import kontor.accounts.sessions.Client;
import kontor.accounts.throttling.Throttle;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.Login;
import kontor.web.PlainText;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.Requires;
import kontor.web.SignedIn;
import kontor.web.WhileEnrolling;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Authenticator apps, recovery codes, and all factors of a user. */
@RestController
@Tag(name = "Second factors")
class FactorController {
    static final String SHOWN_ONCE = "Takes no Idempotency-Key: what it answers is shown once, and kept nowhere.";
    static final String GONE_STAYS = "Takes no Idempotency-Key: what is gone stays so.";
    private static final String REMOVE_OTHERS = "users:factors";
    private final Factors factors;
    private final Enrolment enrolment;
    private final FactorStore store;
    private final Throttle throttle;

    FactorController(Factors factors, Enrolment enrolment, FactorStore store, Throttle throttle) {
        this.factors = factors;
        this.enrolment = enrolment;
        this.store = store;
        this.throttle = throttle;
    }

    /** @param code that the app shows now */
    record Confirmation(@NotBlank @Size(max = 20) @PlainText String code) {
        @Override
        public String toString() {
            return "Confirmation[]"; // never the code
        }
    }

    /** @param recoveryCodes each good once, in place of a factor that was lost; shown now and never again */
    record Codes(List<String> recoveryCodes) {
        @Override
        public String toString() {
            return "Codes[]"; // never the codes
        }
    }

    @SignedIn
    @WhileEnrolling
    @GetMapping("/users/me/factors")
    @Operation(summary = "One's second factors")
    Factors.Enrolled list(Caller caller) {
        return factors.list(caller.userId());
    }

    @SignedIn
    @FreshLogin
    @WhileEnrolling
    @PostMapping("/users/me/factors/totp")
    @Operation(
            summary = "Begin to enrol an authenticator app; it is no factor until confirmed",
            description = SHOWN_ONCE)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Enrolment.NewApp.class)))
    ResponseEntity<?> beginApp(Caller caller) {
        var begun = enrolment.beginApp(caller.userId());
        if (begun.isPresent()) return ResponseEntity.ok(begun.get());
        return Problem.of(
                HttpStatus.CONFLICT, "factor_exists", "There is an authenticator app already. Remove it first.");
    }

    @SignedIn
    @FreshLogin
    @WhileEnrolling
    @PostMapping("/users/me/factors/totp/confirm")
    @Operation(
            summary =
                    "Confirm an authenticator app by the code that it shows; recovery codes come with the first factor",
            description = SHOWN_ONCE)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Codes.class)))
    ResponseEntity<?> confirmApp(
            @Valid @RequestBody Confirmation confirmation, Caller caller, HttpServletRequest http) {
        try (var attempt = throttle.admit("enrolment", caller.userId(), Client.of(http))) {
            return switch (enrolment.confirmApp(caller.userId(), loginOf(caller), confirmation.code())) {
                case EnrolResult.Enrolled(var codes) -> {
                    attempt.succeeded();
                    yield ResponseEntity.ok(new Codes(codes));
                }
                case EnrolResult.Wrong() ->
                    throw Refusal.ofField("code", "wrong", "is not the code that the app shows now");
                case EnrolResult.NothingBegun() ->
                    Problem.of(HttpStatus.CONFLICT, "nothing_begun", "No authenticator app waits to be confirmed.");
            };
        }
    }

    @SignedIn
    @FreshLogin
    @DeleteMapping("/users/me/factors/totp")
    @Operation(summary = "Remove one's authenticator app", description = GONE_STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> removeApp(Caller caller) {
        if (!enrolment.removeApp(caller.userId())) throw Refusal.notFound("factor");
        return ResponseEntity.noContent().build();
    }

    @SignedIn
    @FreshLogin
    @PostMapping("/users/me/factors/recovery-codes")
    @Operation(summary = "Make ten new recovery codes, in place of all there were", description = SHOWN_ONCE)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Codes.class)))
    ResponseEntity<?> replaceRecoveryCodes(Caller caller) {
        var codes = enrolment.replaceRecoveryCodes(caller.userId());
        if (codes.isPresent()) return ResponseEntity.ok(new Codes(codes.get()));
        return Problem.of(
                HttpStatus.CONFLICT,
                "no_second_factor",
                "Recovery codes stand in for a second factor, and there is none. Enrol one first.");
    }

    /** Staff cannot take the factors of somebody who may do more than they may, nor go round the rules for their own. */
    @Requires(REMOVE_OTHERS)
    @FreshLogin
    @DeleteMapping("/users/{id}/factors")
    @Operation(
            summary = "Remove all second factors of a user who has lost them, and end their sessions",
            description = GONE_STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> removeAllOf(@PathVariable long id, Caller caller) {
        if (id == caller.userId())
            throw new Refusal(
                    HttpStatus.FORBIDDEN, "own_factors", "One's own factors are removed one by one, by oneself.");
        if (!store.permissions(id).stream().allMatch(caller::may))
            throw new Refusal(HttpStatus.FORBIDDEN, "forbidden", "This user may do more than you may.");
        if (!enrolment.removeAll(id)) throw Refusal.notFound("user");
        return ResponseEntity.noContent().build();
    }

    static Login loginOf(Caller caller) {
        var login = caller.login();
        if (login == null) throw Refusal.signInFirst();
        return login;
    }
}
