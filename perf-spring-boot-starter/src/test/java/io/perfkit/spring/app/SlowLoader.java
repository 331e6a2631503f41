package io.perfkit.spring.app;

import io.perfkit.batching.Batcher;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.spring.batching.BatchLoader;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** A batch that takes a second, and whose callers do not wait for it. */
@RestController
public class SlowLoader {

    private final JdbcTemplate jdbc;
    private final ObjectProvider<Batcher<String, String>> arrivals;
    private final JobQueue jobs;

    public SlowLoader(JdbcTemplate jdbc, ObjectProvider<Batcher<String, String>> arrivals, JobQueue jobs) {
        this.jdbc = jdbc;
        this.jobs = jobs;
        this.arrivals = arrivals;
    }

    @BatchLoader("arrivals")
    public List<String> arrive(List<String> names) {
        jdbc.execute("select pg_sleep(1)");
        names.forEach(name -> jdbc.update("insert into arrival values (?)", name));
        return names.stream().map(String::toUpperCase).collect(Collectors.toList());
    }

    /** A job that goes on until it is interrupted. */
    @PutMapping("/long/{name}")
    public void goOn(@PathVariable String name) {
        jobs.submit(new Reports.LongReport(name));
    }

    @PutMapping("/arrivals/{name}")
    public void register(@PathVariable String name) {
        var unused = arrivals.getObject().load(name);
    }
}
