package kontor.accounts.oauth;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import kontor.Api;
import kontor.TestUsers;
import kontor.TestUsers.TestUser;
import kontor.accounts.sessions.Opaque;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** OAuth clients to test with, and the browser that a user comes with: each step is one request, as a client makes it. */
@Component
public class TestClients {
    public static final String REDIRECT = "https://client.example/callback";
    private static final Pattern HIDDEN = Pattern.compile("name=\"([a-z_]+)\" value=\"([^\"]*)\"");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private final Api api;
    private final TestUsers users;

    TestClients(Api api, TestUsers users) {
        this.api = api;
        this.users = users;
    }

    /** @param secret null for a public one */
    public record TestClient(String id, @Nullable String secret, String name) {
        String basic() {
            return "Basic "
                    + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A program of the shop's own: users are not asked. */
    public TestClient trusted(String... scopes) {
        return register(true, false, List.of("authorization_code", "refresh_token"), List.of(scopes));
    }

    public TestClient foreign(String... scopes) {
        return register(true, true, List.of("authorization_code", "refresh_token"), List.of(scopes));
    }

    public TestClient publicOne(String... scopes) {
        return register(false, false, List.of("authorization_code", "refresh_token"), List.of(scopes));
    }

    public TestClient machine(String... scopes) {
        return register(true, true, List.of("client_credentials"), List.of(scopes));
    }

    /** A trusted one with this redirect address alone. */
    public TestClient redirectedTo(String redirect, String... scopes) {
        return register(true, false, List.of("authorization_code"), List.of(scopes), redirect);
    }

    private TestClient register(boolean confidential, boolean consent, List<String> grants, List<String> scopes) {
        return register(confidential, consent, grants, scopes, REDIRECT);
    }

    private TestClient register(
            boolean confidential, boolean consent, List<String> grants, List<String> scopes, String redirect) {
        var body = new HashMap<String, Object>();
        body.put("name", "Client " + COUNT.incrementAndGet());
        body.put("confidential", confidential);
        body.put("consent_required", consent);
        body.put("grant_types", grants);
        body.put("scopes", scopes);
        if (grants.contains("authorization_code")) body.put("redirect_uris", List.of(redirect));
        var answer = api.as(users.admin()).post("/oauth-clients", body);
        if (answer.status() != 201) throw new IllegalStateException(answer.text());
        var secret = answer.at("/client_secret");
        return new TestClient(answer.at("/client/id"), secret.isEmpty() ? null : secret, answer.at("/client/name"));
    }

    /** A browser's session: what it sends as its cookie. */
    public String browser(TestUser user) {
        var login =
                api.post("/login", Map.of("email", user.email(), "password", TestUsers.PASSWORD, "session", "cookie"));
        return cookie(login, "__Host-session");
    }

    public static String cookie(Api.Answer answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(answer.status() + " " + answer.text()));
    }

    /** What a client asks for; more names and values in turn replace what is usual, null leaves it out. */
    public Map<String, String> request(TestClient client, String scope, String verifier, @Nullable String... more) {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("response_type", "code");
        parameters.put("client_id", client.id());
        parameters.put("redirect_uri", REDIRECT);
        parameters.put("scope", scope);
        parameters.put("state", "a state/of=the client's");
        parameters.put("nonce", "n-0S6_WzA2Mj");
        parameters.put("code_challenge", challenge(verifier));
        parameters.put("code_challenge_method", "S256");
        for (var i = 0; i < more.length; i += 2) {
            if (more[i + 1] == null) parameters.remove(more[i]);
            else parameters.put(more[i], more[i + 1]);
        }
        return parameters;
    }

    public Api.Answer authorize(Map<String, String> parameters, String... headers) {
        return api.get("/oauth2/authorize?" + form(parameters), headers);
    }

    /** A code for a client that asks nobody. */
    public String code(TestClient client, String scope, String verifier, String browser) {
        return parameter(authorize(request(client, scope, verifier), "Cookie", browser), "code");
    }

    /** A parameter of the address that a browser is sent to; "" when there is none. */
    public static String parameter(Api.Answer answer, String name) {
        var query = URI.create(answer.header("Location")).getRawQuery();
        if (query == null) throw new IllegalStateException(answer.status() + " " + answer.text());
        for (var pair : query.split("&", -1))
            if (pair.startsWith(name + "="))
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        return "";
    }

    public Api.Answer exchange(TestClient client, String code, String verifier) {
        return token(
                client,
                Map.of(
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        REDIRECT,
                        "code_verifier",
                        verifier));
    }

    public Api.Answer refresh(TestClient client, String refreshToken) {
        return token(client, Map.of("grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    public Api.Answer token(TestClient client, Map<String, String> parameters) {
        return post("/oauth2/token", client, parameters);
    }

    /** Shows who the client is as it does: with its secret, or a public one by its name alone. */
    public Api.Answer post(String path, TestClient client, Map<String, String> parameters) {
        if (client.secret() != null) return form(path, parameters, "Authorization", client.basic());
        var named = new HashMap<>(parameters);
        named.put("client_id", client.id());
        return form(path, named);
    }

    public Api.Answer form(String path, Map<String, String> parameters, String... headers) {
        var all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Content-Type", "application/x-www-form-urlencoded"));
        return api.post(path, form(parameters), all.toArray(String[]::new));
    }

    /** All tokens, for a client that asks nobody. */
    public Api.Answer tokens(TestClient client, String scope, TestUser user) {
        var verifier = verifier();
        return exchange(client, code(client, scope, verifier, browser(user)), verifier);
    }

    public String machineToken(TestClient client, String scope) {
        return token(client, Map.of("grant_type", "client_credentials", "scope", scope))
                .at("/access_token");
    }

    /** The hidden fields of a page's form, and its buttons. */
    public static Map<String, String> fields(Api.Answer page) {
        var fields = new LinkedHashMap<String, String>();
        HIDDEN.matcher(page.text())
                .results()
                .forEach(found -> fields.put(found.group(1), found.group(2).replace("&amp;", "&")));
        return fields;
    }

    public static String verifier() {
        return Opaque.random();
    }

    public static String challenge(String verifier) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String form(Map<String, String> parameters) {
        var pairs = new ArrayList<String>();
        parameters.forEach((name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return String.join("&", pairs);
    }
}
