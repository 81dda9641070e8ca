package kontor.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** HTTP, by the JDK's own server on virtual threads: starts at once, and takes some ten thousand small calls a second. */
final class Door implements AutoCloseable {
    private static final System.Logger log = System.getLogger("kontor.simulator");
    private static final int LONGEST_BODY = 1 << 16;
    private static final int BACKLOG = 1024;

    static {
        // Read once, when the server's classes are first used. Without the first, an answer on a kept connection waits
        // for an acknowledgement; with the default second, a busy client's idle connections are closed under it.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxIdleConnections", "4096");
        setUnlessSet("sun.net.httpserver.idleInterval", "120");
        setUnlessSet("sun.net.httpserver.maxReqTime", "30");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Door(HttpServer server) {
        this.server = server;
    }

    private static void setUnlessSet(String name, String value) {
        if (System.getProperty(name) == null) System.setProperty(name, value);
    }

    /** Takes the port, without answering yet. */
    static Door at(String address, int port) throws IOException {
        return new Door(HttpServer.create(new InetSocketAddress(address, port), BACKLOG));
    }

    int port() {
        return server.getAddress().getPort();
    }

    void open(StripeApi api, AdyenApi adyen, Site site) {
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, api, adyen, site));
        server.start();
    }

    private static void handle(HttpExchange exchange, StripeApi api, AdyenApi adyen, Site site) {
        try (exchange) {
            Reply reply;
            try {
                reply = answer(exchange, api, adyen, site);
            } catch (RuntimeException e) {
                log.log(System.Logger.Level.ERROR, "a request failed", e);
                reply = Reply.json(500, StripeErrors.serverError());
            }
            send(exchange, reply);
        } catch (IOException e) {
            // The caller has gone away, or was left without its whole answer on purpose.
            log.log(System.Logger.Level.DEBUG, "an answer did not arrive", e);
        }
    }

    private static Reply answer(HttpExchange exchange, StripeApi api, AdyenApi adyen, Site site) throws IOException {
        var body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            return Reply.json(
                    413,
                    StripeErrors.error("invalid_request_error", null, "The request is longer than 64 KB.", null, null));
        }
        var uri = exchange.getRequestURI();
        var request = new Request(
                exchange.getRequestMethod(),
                uri.getPath(),
                uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                new String(body, StandardCharsets.UTF_8),
                exchange.getRequestHeaders()::getFirst);
        if (request.path().startsWith("/adyen/")) return adyen.handle(request);
        return request.path().startsWith("/v1/") ? api.handle(request) : site.handle(request);
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        if (reply.wire() == Reply.Wire.DROPPED) return; // closing an unanswered exchange closes the connection
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", reply.contentType());
        headers.set("Cache-Control", "no-store");
        reply.headers().forEach(headers::set);
        var body = reply.body();
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        if (body.length == 0) return;
        var out = exchange.getResponseBody();
        out.write(body, 0, reply.wire() == Reply.Wire.CUT ? body.length / 2 : body.length);
        out.flush();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
