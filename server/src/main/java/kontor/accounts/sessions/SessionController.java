package kontor.accounts.sessions;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import kontor.accounts.OwnRights;
import kontor.accounts.sessions.RefreshResult.Refreshed;
import kontor.accounts.sessions.RefreshResult.Refused;
import kontor.web.Anyone;
import kontor.web.Caller;
import kontor.web.Login;
import kontor.web.PlainText;
import kontor.web.Problem;
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
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Sessions")
class SessionController {
    private static final String ENDED_STAYS = "Takes no Idempotency-Key: what has ended stays so.";
    private static final String END_OTHERS = "sessions:end";
    private final Sessions sessions;
    private final OwnRights rights;

    SessionController(Sessions sessions, OwnRights rights) {
        this.sessions = sessions;
        this.rights = rights;
    }

    record Refresh(
            @Nullable @Schema(requiredMode = RequiredMode.REQUIRED)
            String refreshToken) {
        @Override
        public String toString() {
            return "Refresh[]"; // never the token
        }
    }

    record Open(List<Session> items) {}

    /** @param csrfToken what a browser sends along with everything that changes something; null for programs */
    record Current(@Nullable Session session, @Nullable String csrfToken) {}

    record Ended(int ended) {}

    @Anyone
    @WhileEnrolling
    @PostMapping("/login/refresh")
    @Operation(
            summary = "Trade a refresh token for a new access token and the next refresh token",
            description =
                    "A refresh token is good once. One that comes again has been stolen, and ends its session; only "
                            + "who repeats the request within a minute with the same Idempotency-Key gets the same refresh token again.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = LoggedIn.class)))
    @Parameter(in = ParameterIn.HEADER, name = "Idempotency-Key")
    ResponseEntity<?> refresh(
            @RequestBody Refresh refresh,
            @RequestHeader(name = "Idempotency-Key", required = false) @Parameter(hidden = true) @Nullable
                    String nonce) {
        if (refresh.refreshToken() != null) PlainText.Check.refuseCardData(refresh.refreshToken());
        return switch (sessions.refresh(refresh.refreshToken(), nonce)) {
            case Refreshed(var loggedIn) -> ResponseEntity.ok(loggedIn);
            case Refused() ->
                Problem.of(
                        HttpStatus.UNAUTHORIZED,
                        "invalid_refresh_token",
                        "The refresh token is not good, or not any more. Log in again.");
        };
    }

    @SignedIn
    @WhileEnrolling
    @PostMapping("/logout")
    @Operation(summary = "End the session that this is asked with", description = ENDED_STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> logOut(Caller caller) {
        sessions.end(loginOf(caller).session(), caller.userId(), Sessions.LOGOUT);
        return goodbye();
    }

    @SignedIn
    @WhileEnrolling
    @PostMapping("/logout/everywhere")
    @Operation(summary = "End all of one's sessions, this one too", description = ENDED_STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> logOutEverywhere(Caller caller) {
        sessions.endAll(caller.userId(), null, Sessions.LOGOUT);
        return goodbye();
    }

    @SignedIn
    @GetMapping("/sessions")
    @Operation(summary = "One's sessions that go on, newest first")
    Open list(Caller caller) {
        return new Open(sessions.list(caller.userId(), loginOf(caller).session()));
    }

    @SignedIn
    @WhileEnrolling
    @GetMapping("/sessions/current")
    @Operation(summary = "The session that this is asked with, and for a browser its CSRF token")
    Current current(Caller caller, HttpServletRequest request) {
        var id = loginOf(caller).session();
        var session = sessions.list(caller.userId(), id).stream()
                .filter(Session::current)
                .findFirst()
                .orElse(null);
        var secret = request.getHeader(HttpHeaders.AUTHORIZATION) == null ? Cookies.session(request) : null;
        return new Current(session, secret == null ? null : KnownTokens.csrfToken(secret));
    }

    @SignedIn
    @DeleteMapping("/sessions/{id}")
    @Operation(summary = "End one of one's sessions", description = ENDED_STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> end(@PathVariable UUID id, Caller caller) {
        if (!sessions.end(id, caller.userId(), Sessions.LOGOUT)) throw Refusal.notFound("session");
        return ResponseEntity.noContent().build();
    }

    @Requires(END_OTHERS)
    @DeleteMapping("/users/{id}/sessions")
    @Operation(summary = "End all sessions of a user who may do no more than oneself", description = ENDED_STAYS)
    Ended endAllOf(@PathVariable long id, Caller caller) {
        if (id != caller.userId()) rights.requireAllOf(id, caller);
        return new Ended(sessions.endAll(id, null, Sessions.STAFF));
    }

    private static Login loginOf(Caller caller) {
        var login = caller.login();
        if (login == null) throw Refusal.signInFirst();
        return login;
    }

    private static ResponseEntity<Void> goodbye() {
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, Cookies.noSession().toString())
                .build();
    }
}
