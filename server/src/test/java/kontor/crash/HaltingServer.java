package kontor.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import kontor.Kontor;
import kontor.payments.PaymentGateway;
import kontor.simulation.CutPoints;
import kontor.simulation.Cuts;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;

/**
 * The server, in a process of its own that ends on the spot at the nth place where it can die: its standard input says
 * which. Everything else is as in production.
 */
public final class HaltingServer {
    private static final Set<String> CALLS =
            Set.of("authorize", "confirm", "capture", "lookUpCapture", "cancel", "refund", "lookUp", "lookUpRefund");
    private static final Cuts CUTS = new Cuts(HaltingServer::halt);

    private HaltingServer() {}

    private static Error halt() {
        Runtime.getRuntime().halt(137);
        return new AssertionError("it has ended");
    }

    /** @param args the file that says which place was armed last, and the options of the server */
    public static void main(String[] args) {
        var commands = new Thread(() -> obey(Path.of(args[0])), "commands");
        commands.setDaemon(true);
        commands.start();
        var server = new SpringApplication(Kontor.class, Places.class);
        server.run(Arrays.copyOfRange(args, 1, args.length));
    }

    private static void obey(Path armed) {
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                CUTS.arm(Long.parseLong(line));
                Files.writeString(armed, line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The places to die in. */
    static class Places {
        @Bean
        static CutPoints cutPoints() {
            return new CutPoints(CUTS);
        }

        @Bean
        static BeanPostProcessor cutGateways() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof PaymentGateway gateway ? cut(gateway) : bean;
                }
            };
        }

        private static PaymentGateway cut(PaymentGateway gateway) {
            return (PaymentGateway) Proxy.newProxyInstance(
                    HaltingServer.class.getClassLoader(),
                    new Class<?>[] {PaymentGateway.class},
                    (_, call, arguments) -> {
                        var sends = CALLS.contains(call.getName());
                        try {
                            if (sends) CUTS.at("before sending " + call.getName());
                            var answer = call.invoke(gateway, arguments);
                            if (sends) CUTS.at("after the answer to " + call.getName());
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw Objects.requireNonNullElse(e.getCause(), e);
                        }
                    });
        }
    }
}
