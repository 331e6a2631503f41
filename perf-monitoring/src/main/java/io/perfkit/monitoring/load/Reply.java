package io.perfkit.monitoring.load;

import java.net.http.HttpHeaders;
import java.util.Map;

/** How one call ended well enough to have an answer. The status of what is not HTTP is 0. */
record Reply(int status, HttpHeaders headers) {
    private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);

    static final Reply DONE = new Reply(0, NO_HEADERS);

    boolean isError() {
        return status >= 400;
    }
}
