package io.perfkit.benchmarks.batching;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/** One thousand users in memory, with a bulk call that costs what filling a map costs and nothing else. */
final class Users {

    /** The identifiers, in the order in which they are asked for. */
    static final List<Long> IDS = LongStream.rangeClosed(1, 1_000).boxed().toList();

    private static final Map<Long, User> TABLE = table();

    private Users() {}

    record User(long id, String name) {}

    /** The bulk call: the users of these identifiers. Every side loads through it. */
    static Map<Long, User> findAllById(Set<Long> ids) {
        Map<Long, User> found = new HashMap<>(2 * ids.size());
        for (Long id : ids) {
            found.put(id, TABLE.get(id));
        }
        return found;
    }

    private static Map<Long, User> table() {
        Map<Long, User> table = new HashMap<>();
        for (Long id : IDS) {
            table.put(id, new User(id, "user " + id));
        }
        return table;
    }
}
