package kontor;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the server. */
@SpringBootApplication
public class Kontor {
    private Kontor() {}

    public static void main(String[] args) {
        SpringApplication.run(Kontor.class, args);
    }
}
