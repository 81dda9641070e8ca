package kontor;

import java.io.IOException;
import java.util.Arrays;
import kontor.audit.AuditCommand;
import kontor.database.CannotStart;
import kontor.demo.Demo;
import kontor.docs.DocsCommand;
import kontor.reconciliation.ReconcileCommand;
import kontor.simulator.Simulator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs the command that its first argument names: the server when there is none. */
@SpringBootApplication
public class Kontor {
    private Kontor() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var named = args.length > 0 && !args[0].startsWith("--");
        var command = named ? args[0] : "start";
        var options = Arrays.copyOfRange(args, named ? 1 : 0, args.length);
        try {
            run(command, options);
        } catch (RuntimeException e) {
            System.err.println(StartFailure.sentence(e).orElseThrow(() -> e));
            System.exit(2);
        }
    }

    private static void run(String command, String[] options) throws IOException, InterruptedException {
        if (command.equals("start") || command.equals("demo")) BackgroundCompiler.giveWay();
        switch (command) {
            case "start" -> start(options);
            case "demo" -> Demo.run(Kontor.class, options);
            case "simulator" -> Simulator.main(options);
            case "rehearse" -> Rehearsal.run(options);
            case "audit" -> System.exit(AuditCommand.run(options));
            case "reconcile" -> System.exit(ReconcileCommand.run(Kontor.class, options));
            case "docs" -> DocsCommand.run(Kontor.class, options);
            default -> throw new CannotStart("There is no command \"%s\". See ./kontor help.".formatted(command));
        }
    }

    private static void start(String[] options) {
        var server = new SpringApplication(Kontor.class);
        server.addInitializers(context -> Production.check(context.getEnvironment()));
        server.run(options);
    }
}
