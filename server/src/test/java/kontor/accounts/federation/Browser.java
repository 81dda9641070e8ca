package kontor.accounts.federation;

import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import kontor.Api;
import kontor.TestProvider;
import org.jspecify.annotations.Nullable;

/** A browser that goes to a provider and comes back: it keeps cookies, and follows no redirect by itself. */
public final class Browser {
    private final Api api;
    private final Map<String, String> cookies = new TreeMap<>();

    public Browser(Api api) {
        this.api = api;
    }

    public Api.Answer get(String path) {
        return keep(api.get(path, "Cookie", cookieHeader()));
    }

    public Api.Answer send(String method, String path, @Nullable Object body) {
        var csrf = api.get("/sessions/current", "Cookie", cookieHeader()).at("/csrf_token");
        return keep(api.send(method, path, body, "Cookie", cookieHeader(), "X-CSRF-Token", csrf));
    }

    /** Sends a page's form. */
    public Api.Answer form(String path, Map<String, List<String>> fields) {
        var body = fields.entrySet().stream()
                .flatMap(field -> field.getValue().stream()
                        .map(value -> field.getKey() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
        return keep(
                api.post(path, body, "Cookie", cookieHeader(), "Content-Type", "application/x-www-form-urlencoded"));
    }

    /** @return the page of the provider that it was sent to */
    public String depart(String provider, String to) {
        var answer = get("/login/oidc/" + provider + "?to=" + to);
        if (answer.status() != 302) throw new AssertionError(answer.status() + " " + answer.text());
        return answer.header("Location");
    }

    public Api.Answer arrive(String provider, String page, String code) {
        return get("/login/oidc/%s/callback?state=%s&code=%s"
                .formatted(
                        provider,
                        TestProvider.parameters(page.substring(page.indexOf('?') + 1))
                                .get("state"),
                        code));
    }

    /** Goes there, logs in as this subject, and comes back. */
    public Api.Answer logIn(String provider, String subject, UnaryOperator<JWTClaimsSet.Builder> about) {
        var page = depart(provider, "/account");
        return arrive(provider, page, TestProvider.logIn(page, subject, about));
    }

    public String email() {
        return get("/users/me").at("/email");
    }

    void take(Api.Answer answer) {
        keep(answer);
    }

    void forget(String cookie) {
        cookies.remove(cookie);
    }

    /** Keeps the cookies of an answer. */
    private Api.Answer keep(Api.Answer answer) {
        for (var cookie : setCookies(answer)) {
            var pair = cookie.substring(0, cookie.indexOf(';')).split("=", 2);
            if (cookie.contains("Max-Age=0")) cookies.remove(pair[0]);
            else cookies.put(pair[0], pair[1]);
        }
        return answer;
    }

    String cookieHeader() {
        return cookies.isEmpty()
                ? "nothing=here"
                : cookies.entrySet().stream()
                        .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                        .collect(Collectors.joining("; "));
    }

    static List<String> setCookies(Api.Answer answer) {
        return answer.headers().allValues("Set-Cookie");
    }
}
