package io.perfkit.spring.app;

import io.perfkit.spring.connections.Feeds;
import java.io.IOException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
public class FeedController {

    private final Feeds feeds;
    private final JdbcTemplate jdbc;
    private final OwnersOnJdbc owners;

    public FeedController(Feeds feeds, JdbcTemplate jdbc, OwnersOnJdbc owners) {
        this.feeds = feeds;
        this.jdbc = jdbc;
        this.owners = owners;
    }

    @GetMapping("/feed")
    public SseEmitter feed(@RequestParam String user) throws IOException {
        SseEmitter feed = feeds.register(user, new SseEmitter(0L));
        // Until something is sent, the client waits for the headers.
        feed.send(SseEmitter.event().comment("open"));
        return feed;
    }

    /** Changes an owner at the end of a long transaction. */
    @PutMapping("/slow/{id}")
    @Transactional
    public void slowly(@PathVariable long id) {
        jdbc.execute("select pg_sleep(2)");
        owners.move(id, "new");
    }

    /** Holds a connection for as long as the statement takes. */
    @GetMapping("/slow")
    @Transactional
    public String slow() {
        jdbc.execute("select pg_sleep(2)");
        return "done";
    }
}
