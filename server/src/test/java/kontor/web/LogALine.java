package kontor.web;

import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** A process that logs as the server does, one line, and ends. */
final class LogALine {
    private LogALine() {}

    public static void main(String[] args) {
        new SpringApplicationBuilder(LogALine.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .run(args)
                .close();
        MDC.put(RequestIds.KEY, "4711");
        LoggerFactory.getLogger(LogALine.class).info("a name: {}", "Ann\n2026-01-01 INFO all is well\u001b[2J");
    }
}
