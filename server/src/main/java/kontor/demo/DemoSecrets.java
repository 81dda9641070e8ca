package kontor.demo;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Properties;
import kontor.database.DataFolder;

/**
 * The demo's passwords and keys: made up at its first start and kept in {@code demo.properties} of its data folder, which
 * only its owner can read. There are no others: nothing is built in.
 */
record DemoSecrets(String adminPassword, String customerPassword, String gatewayKey, String webhookSecret) {
    static final String ADMIN = "admin@demo.example";
    static final String CUSTOMER = "ann@demo.example";
    private static final String FILE = "demo.properties";
    private static final int BYTES = 12;

    /** Whether a demo has made up its secrets in this folder before. */
    static boolean areIn(DataFolder data) {
        return Files.exists(data.path().resolve(FILE));
    }

    static DemoSecrets in(DataFolder data) throws IOException {
        var file = data.path().resolve(FILE);
        if (!Files.exists(file)) {
            Files.createDirectories(data.path());
            DataFolder.write(file, """
                    admin=%s
                    customer=%s
                    gateway=sk_test_%s
                    webhook=whsec_%s
                    """.formatted(random(), random(), random(), random()));
        }
        var kept = new Properties();
        kept.load(new StringReader(Files.readString(file)));
        return new DemoSecrets(
                kept.getProperty("admin"),
                kept.getProperty("customer"),
                kept.getProperty("gateway"),
                kept.getProperty("webhook"));
    }

    /** What the simulator signs with when it speaks as Adyen, in hexadecimal. */
    String hmacKey() {
        return HexFormat.of().formatHex(webhookSecret.getBytes(StandardCharsets.UTF_8));
    }

    private static String random() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "DemoSecrets";
    }
}
