package kontor.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** @param freshFor how long a report is good enough for the next who asks; one that took long is kept ten times as long */
@ConfigurationProperties("kontor.audit")
record AuditSettings(@DefaultValue("10s") Duration freshFor) {}
