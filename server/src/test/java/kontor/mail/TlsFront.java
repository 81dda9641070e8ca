package kontor.mail;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** TLS in front of a mail server that speaks in the clear: from the first byte, or after STARTTLS (RFC 3207). */
final class TlsFront implements AutoCloseable {
    private final ServerSocket socket;
    private final SSLContext tls;
    private final int behind;
    private final boolean startsInTheClear;
    private final List<String> saidInTheClear = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param behind the port of the mail server */
    TlsFront(SSLContext tls, int behind, MailSecurity security) throws IOException {
        this.tls = tls;
        this.behind = behind;
        this.startsInTheClear = security == MailSecurity.STARTTLS;
        var here = InetAddress.getLoopbackAddress();
        this.socket = startsInTheClear
                ? new ServerSocket(0, 5, here)
                : tls.getServerSocketFactory().createServerSocket(0, 5, here);
        threads.execute(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The words of each command that came before TLS did. */
    List<String> saidInTheClear() {
        return saidInTheClear;
    }

    private void accept() {
        try {
            while (true) {
                var client = socket.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            var encrypted = startsInTheClear ? encrypted(client, server) : client;
            threads.execute(() -> pass(encrypted, server));
            pass(server, encrypted);
        } catch (IOException e) {
            // the client does not believe the certificate, and has hung up
        }
    }

    private SSLSocket encrypted(Socket client, Socket server) throws IOException {
        line(server.getInputStream()); // its greeting: the client gets ours
        say(client, "220 localhost");
        for (var command = line(client.getInputStream()); ; command = line(client.getInputStream())) {
            saidInTheClear.add(command.split(" ", 2)[0]);
            if (command.equals("STARTTLS")) break;
            say(client, "250-localhost", "250 STARTTLS");
        }
        say(client, "220 Go on");
        var encrypted = (SSLSocket) tls.getSocketFactory().createSocket(client, "localhost", client.getPort(), true);
        encrypted.setUseClientMode(false);
        encrypted.startHandshake();
        return encrypted;
    }

    private static void say(Socket client, String... lines) throws IOException {
        client.getOutputStream().write((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Byte by byte: what comes behind it is no line any more. */
    private static String line(InputStream from) throws IOException {
        var line = new StringBuilder();
        for (var next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0) throw new IOException("hung up");
            if (next != '\r') line.append((char) next);
        }
        return line.toString();
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one of the two has hung up
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
