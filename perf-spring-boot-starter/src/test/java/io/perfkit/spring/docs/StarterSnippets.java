package io.perfkit.spring.docs;

import io.perfkit.batching.jobs.JobContext;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.spring.app.Owner;
import io.perfkit.spring.app.Reports.CityReport;
import io.perfkit.spring.connections.Feeds;
import io.perfkit.spring.jobs.HandlesJob;
import io.perfkit.spring.pagination.EntityPages;
import java.io.IOException;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.Select;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What the page of the starter shows; the application that the tests run does the same. */
class StarterSnippets {

    private final JdbcTemplate jdbc;

    StarterSnippets(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @HandlesJob
    @Transactional
    public String city(CityReport report, JobContext job) {
        job.progress(1, 2);
        return jdbc.queryForObject("select city from owner where id = ?", String.class, report.owner());
    }

    CursorPage<Owner> page(
            EntityPages pages,
            CursorPaginator<Record2<Long, String>> paginator,
            Select<Record2<Long, String>> rows,
            Field<Long> ID) {
        CursorPage<Owner> first = pages.fetch(paginator, rows, CursorRequest.first(3), ID, Owner.class);
        return first;
    }

    SseEmitter feed(Feeds feeds, String user) throws IOException {
        SseEmitter feed = feeds.register(user, new SseEmitter(0L));
        // Until something is sent, the client waits for the headers.
        feed.send(SseEmitter.event().comment("open"));
        return feed;
    }
}
