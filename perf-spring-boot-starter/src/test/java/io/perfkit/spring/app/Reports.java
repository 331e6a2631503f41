package io.perfkit.spring.app;

import io.perfkit.batching.jobs.JobContext;
import io.perfkit.spring.jobs.HandlesJob;
import java.util.concurrent.Semaphore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Handlers of jobs. */
@Component
public class Reports {

    public record CityReport(long owner) {}

    public record LongReport(String name) {}

    private final JdbcTemplate jdbc;

    public Reports(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @HandlesJob
    @Transactional
    public String city(CityReport report, JobContext job) {
        job.progress(1, 2);
        return jdbc.queryForObject("select city from owner where id = ?", String.class, report.owner());
    }

    /** Goes on until it is interrupted. */
    @HandlesJob(value = "long", version = 2)
    public void goOn(LongReport report) throws InterruptedException {
        new Semaphore(0).acquire();
    }
}
