package kontor.auditlog;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** @param refusalsPerMinute how many refused attempts from one network are recorded one by one; of the rest only how many there were */
@ConfigurationProperties("kontor.auditlog")
record AuditLogSettings(@DefaultValue("20") int refusalsPerMinute) {
    AuditLogSettings {
        if (refusalsPerMinute < 1)
            throw new IllegalArgumentException("kontor.auditlog.refusals-per-minute must be at least 1");
    }
}
