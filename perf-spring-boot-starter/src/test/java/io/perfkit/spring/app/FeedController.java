package io.perfkit.spring.app;

import io.perfkit.spring.connections.Feeds;
import java.io.IOException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
public class FeedController {

    private final Feeds feeds;
    private final JdbcTemplate jdbc;

    public FeedController(Feeds feeds, JdbcTemplate jdbc) {
        this.feeds = feeds;
        this.jdbc = jdbc;
    }

    @GetMapping("/feed")
    public SseEmitter feed(@RequestParam String user) throws IOException {
        SseEmitter feed = feeds.register(user, new SseEmitter(0L));
        // Until something is sent, the client waits for the headers.
        feed.send(SseEmitter.event().comment("open"));
        return feed;
    }

    /** Holds a connection for as long as the statement takes. */
    @GetMapping("/slow")
    @Transactional
    public String slow() {
        jdbc.execute("select pg_sleep(2)");
        return "done";
    }
}
