package io.perfkit.examples.dashboard.stories;

import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobContext;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.http.Query;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Plot;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.Side;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Trouble;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;

/** A report that takes seconds: the request that waits for it, then a job whose worker is killed in the middle. */
public final class MonthlyReport implements Story {

    private static final int DAYS = 16;
    /** What it takes to lay out the pages of a day. */
    private static final long LAYOUT_MILLIS = 100;

    private static final Duration HEARTBEAT = Duration.ofMillis(300);
    private static final double LONGEST_ANSWER_NANOS = 1e9;
    private static final double LONGEST_RUN_NANOS = 20e9;

    /** The days until this one. */
    record Month(String lastDay) {}

    record Total(int days, long sales, BigDecimal amount) {}

    private final LocalDate lastDay;
    private final String url;
    private final DataSource source;
    private final List<Process> workers = new ArrayList<>();
    private @Nullable DatabaseJobQueue jobs;

    public MonthlyReport(Shop shop) {
        lastDay = shop.data().lastDay();
        url = shop.databaseUrl();
        source = source(url);
    }

    private static DataSource source(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        return source;
    }

    @Override
    public String name() {
        return "monthly report";
    }

    @Override
    public String fault() {
        return "The request makes the report itself and is blocked for the whole run; if the process dies, all is lost.";
    }

    @Override
    public String repair() {
        return "A job: an id at once, progress to poll, and another process that finishes when the worker is killed.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/reports/monthly", query -> make(source, lastDay, null));
        http.get(
                "/after/reports/monthly/start",
                query -> Map.of(
                        "id",
                        queue().submit(
                                        new Month(lastDay.toString()),
                                        JobOptions.attempts(5).backoff(Backoff.fixed(Duration.ofMillis(50))))
                                .value()));
        http.get("/after/reports/monthly", this::status);
    }

    private Map<String, Object> status(Query query) {
        String id = query.text("id");
        JobStatus status = queue().status(new JobId(id == null ? "none" : id));
        Map<String, Object> answer = new TreeMap<>();
        answer.put("state", status.state());
        answer.put("progress", status.progress());
        answer.put("attempts", status.attempts());
        Total total = status.result(Total.class);
        if (total != null) {
            answer.put("result", total);
        }
        return answer;
    }

    @Override
    public List<String> links() {
        return List.of("/before/reports/monthly", "/after/reports/monthly/start");
    }

    /** A report a second would be no steady load but a queue that grows. */
    @Override
    public List<String> steadyPaths() {
        return List.of();
    }

    /** Made when first needed, with the tables; the web process runs no jobs. */
    private synchronized DatabaseJobQueue queue() {
        if (jobs == null) {
            DatabaseJobQueue.createTables(source);
            try (Connection connection = source.getConnection();
                    PreparedStatement create = connection.prepareStatement(
                            "create table monthly_report (job_id varchar(64), day date, sales bigint, amount numeric,"
                                    + " primary key (job_id, day))")) {
                create.execute();
                workers.add(start());
                workers.add(start());
            } catch (SQLException | IOException e) {
                throw Trouble.of("the workers of the monthly report did not start: " + e.getMessage());
            }
            jobs = builder(source).type("month", 1, Month.class).workers(0).build();
        }
        return jobs;
    }

    private static DatabaseJobQueue.Builder builder(DataSource source) {
        return DatabaseJobQueue.on(source, "reports")
                .pollingInterval(Duration.ofMillis(100))
                .heartbeat(HEARTBEAT);
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        url)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Override
    public void close() {
        workers.forEach(Process::destroyForcibly);
        if (jobs != null) {
            jobs.close(Duration.ZERO);
        }
    }

    /** Day by day. As a job, each day is written under the job's id, and a second attempt goes on where the first ended. */
    private static Total make(DataSource source, LocalDate lastDay, @Nullable JobContext job)
            throws SQLException, InterruptedException {
        Total total = new Total(0, 0, BigDecimal.ZERO);
        try (Connection connection = source.getConnection()) {
            for (int i = 0; i < DAYS; i++) {
                LocalDate day = lastDay.minusDays(DAYS - 1L - i);
                Total one = job == null ? null : kept(connection, job.id(), day);
                if (one == null) {
                    one = sum(connection, day);
                    TimeUnit.MILLISECONDS.sleep(LAYOUT_MILLIS);
                    if (job != null) {
                        keep(connection, job.id(), day, one);
                    }
                }
                total = new Total(
                        total.days() + 1,
                        total.sales() + one.sales(),
                        total.amount().add(one.amount()));
                if (job != null) {
                    job.checkCancelled();
                    job.progress(i + 1L, DAYS);
                }
            }
        }
        return total;
    }

    /** The process that has the job now. */
    private boolean kill(String id) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select worker from perfkit_job where id = ? and worker is not null")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                String worker = row.next() ? row.getString(1) : "";
                for (Process process : workers) {
                    if (worker.startsWith(process.pid() + "-")) {
                        process.destroyForcibly();
                        return true;
                    }
                }
                return false;
            }
        }
    }

    private static Total sum(Connection connection, LocalDate day) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select 1, count(*), coalesce(sum(amount), 0)"
                + " from transactions where created_at >= ? and created_at < ?")) {
            select.setObject(1, day.atStartOfDay());
            select.setObject(2, day.plusDays(1).atStartOfDay());
            return first(select, new Total(0, 0, BigDecimal.ZERO));
        }
    }

    private static @Nullable Total kept(Connection connection, JobId job, LocalDate day) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select 1, sales, amount from monthly_report where job_id = ? and day = ?")) {
            select.setString(1, job.value());
            select.setDate(2, Date.valueOf(day));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Total(1, row.getLong(2), row.getBigDecimal(3)) : null;
            }
        }
    }

    private static Total first(PreparedStatement select, Total otherwise) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Total(row.getInt(1), row.getLong(2), row.getBigDecimal(3)) : otherwise;
        }
    }

    private static void keep(Connection connection, JobId job, LocalDate day, Total one) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into monthly_report values (?, ?, ?, ?) on conflict do nothing")) {
            insert.setString(1, job.value());
            insert.setDate(2, Date.valueOf(day));
            insert.setLong(3, one.sales());
            insert.setBigDecimal(4, one.amount());
            insert.executeUpdate();
        }
    }

    /** A process of its own that does nothing but jobs. It ends when its database does. */
    static final class Worker {

        private Worker() {}

        public static void main(String[] arguments) throws Exception {
            DataSource source = source(arguments[0]);
            DatabaseJobQueue jobs = builder(source)
                    .handler(
                            "month",
                            1,
                            Month.class,
                            (month, job) -> job.result(make(source, LocalDate.parse(month.lastDay()), job)))
                    .workers(1)
                    .build();
            while (ProcessHandle.current().parent().map(ProcessHandle::isAlive).orElse(false)) {
                TimeUnit.MILLISECONDS.sleep(500);
            }
            jobs.close(Duration.ZERO);
        }
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        // The workers start while the request of before is blocked.
        DatabaseJobQueue queue = queue();
        long begin = System.nanoTime();
        JsonNode wanted = bench.json("/before/reports/monthly");
        long blocked = System.nanoTime() - begin;
        Figures before = bench.before("the whole report").observed(List.of(blocked), blocked);
        Plot.Line line = new Plot.Line(Side.AFTER, "progress");
        begin = System.nanoTime();
        String id = bench.json("/after/reports/monthly/start").get("id").asString();
        long answered = System.nanoTime() - begin;
        Figures after = bench.after("an id for the report").observed(List.of(answered), answered);
        JsonNode status = bench.json("/after/reports/monthly?id=" + id);
        boolean killed = false;
        while (!status.path("state").asString().equals("SUCCEEDED")
                && System.nanoTime() - begin < 2 * LONGEST_RUN_NANOS) {
            double progress = status.path("progress").asDouble();
            line.add((System.nanoTime() - begin) / 1e6, progress);
            if (!killed && progress >= 0.4) {
                killed = kill(id);
            }
            TimeUnit.MILLISECONDS.sleep(50);
            status = bench.json("/after/reports/monthly?id=" + id);
        }
        double elapsed = System.nanoTime() - begin;
        line.add(elapsed / 1e6, status.path("progress").asDouble());
        long left = queue.stats().queued() + queue.stats().running();
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(before, null), new Row(after, before)),
                List.of(
                        Budget.atMost("until there is an id", LONGEST_ANSWER_NANOS, (double) answered, Units::nanos),
                        Budget.exactly("workers killed with SIGKILL", 1, killed ? 1 : 0),
                        Budget.exactly("jobs left", 0, left),
                        Budget.exactly("attempts", 2, status.path("attempts").asInt()),
                        Budget.exactly(
                                "results as before", 1, status.path("result").equals(wanted) ? 1 : 0),
                        Budget.atMost("until the other had finished", LONGEST_RUN_NANOS, elapsed, Units::nanos)),
                List.of(new Plot(
                        "Progress of a report whose worker is killed at 40 %",
                        "since it was submitted",
                        x -> Units.nanos(x * 1e6),
                        y -> Math.round(100 * y) + " %",
                        false,
                        List.of(line))),
                List.of("Laying out the pages of a day is a pause of " + LAYOUT_MILLIS + " ms. Two worker processes"
                        + " have a heartbeat of " + HEARTBEAT.toMillis()
                        + " ms and are dead after four; days that the first had written are not made again."));
    }
}
