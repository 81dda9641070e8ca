package kontor.tls;

import java.io.IOException;
import kontor.database.CannotStart;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.stereotype.Component;

/** The certificate that the server shows: that of the files, and after they were replaced the new one, without a restart. */
@Component
class TlsCertificate implements SslBundleRegistrar {
    static final String BUNDLE = "kontor";
    private static final Logger log = LoggerFactory.getLogger(TlsCertificate.class);

    private final TlsSettings settings;
    private @Nullable PemFiles known;
    private String complaint = "";

    TlsCertificate(TlsSettings settings) {
        this.settings = settings;
    }

    @Override
    public synchronized void registerBundles(SslBundleRegistry registry) {
        if (!settings.on()) return;
        try {
            known = PemFiles.read(settings);
            registry.registerBundle(BUNDLE, known.bundle());
        } catch (IOException e) {
            throw new CannotStart("The TLS certificate cannot be used: %s.".formatted(e.getMessage()), e);
        }
    }

    /** Serves what is in the files now, if that can be served and was not yet looked at. */
    synchronized void look(SslBundleRegistry registry) {
        if (!settings.on()) return;
        try {
            var found = PemFiles.read(settings);
            if (found.equals(known)) return;
            known = found; // also when it is broken, which changes no more by itself
            registry.updateBundle(BUNDLE, found.bundle());
            complaint = "";
            log.info(
                    "Serving a new TLS certificate, good until {}",
                    found.leaf().getNotAfter().toInstant());
        } catch (IOException | RuntimeException e) {
            var why = String.valueOf(e.getMessage());
            if (!why.equals(complaint))
                log.warn("The TLS certificate stays as it was, the new one cannot be used: {}", why);
            complaint = why;
        }
    }
}
