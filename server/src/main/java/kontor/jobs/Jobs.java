package kontor.jobs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/**
 * Runs every {@code @Scheduled} method on a thread of its own, so that one which waits for a gateway or the database holds
 * up none of the others. The scheduler that Spring Boot makes for virtual threads would not: it runs all methods with a
 * fixed delay on a single thread, one after the other. None of them ever overlaps itself.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class Jobs {
    @Bean
    ThreadPoolTaskScheduler taskScheduler() {
        var threads = new ThreadPoolTaskScheduler();
        threads.setThreadFactory(Thread.ofVirtual().name("job-", 1).factory());
        return threads;
    }

    /** Called when all jobs are known and none has begun. */
    @Bean
    SchedulingConfigurer oneThreadForEachJob(ThreadPoolTaskScheduler threads) {
        return jobs -> {
            threads.setPoolSize(Math.max(1, count(jobs)));
            jobs.setTaskScheduler(threads);
        };
    }

    private static int count(ScheduledTaskRegistrar jobs) {
        return jobs.getFixedDelayTaskList().size()
                + jobs.getFixedRateTaskList().size()
                + jobs.getCronTaskList().size()
                + jobs.getTriggerTaskList().size();
    }
}
