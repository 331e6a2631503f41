package io.perfkit.cache.history;

import java.util.List;

/**
 * A value says where it comes from, so that whoever reads it can be judged by it alone.
 *
 * @param key the key it was made for
 * @param origin loaded or put
 * @param bornAt when its load began, or its {@code put} was called
 * @param node the node that loaded or put it
 * @param id the number of the load or of the {@link Change}
 * @param tags what its loader tagged it with
 */
record Value(String key, Origin origin, long bornAt, int node, long id, List<String> tags) {

    enum Origin {
        LOADED,
        PUT
    }

    String text() {
        return origin + "|" + key + "|" + bornAt + "|" + node + "|" + id + "|" + String.join(",", tags);
    }

    /** What was cached where a load that began at this instant found nothing. */
    static Value absence(String key, long bornAt) {
        return new Value(key, Origin.LOADED, bornAt, -1, 0, List.of());
    }

    boolean isAbsence() {
        return node < 0;
    }

    /** The same for another key that was loaded together with it. */
    Value of(String other) {
        return new Value(other, origin, bornAt, node, id, tags);
    }

    static Value parse(String text) {
        String[] parts = text.split("\\|", -1);
        return new Value(
                parts[1],
                Origin.valueOf(parts[0]),
                Long.parseLong(parts[2]),
                Integer.parseInt(parts[3]),
                Long.parseLong(parts[4]),
                parts[5].isEmpty() ? List.of() : List.of(parts[5].split(",")));
    }
}
